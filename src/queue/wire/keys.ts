import { PREFIX } from './address.ts'

/** The keys beside BullMQ's own; names of studies have no colon, so they meet nobody else's. */
export interface Keys {
  /** Who is the controller. */
  readonly holder: string
  /** What the controller runs: a `ControllerState`. */
  readonly state: string
  /** Final trials by number, as far as pruners look at them. */
  readonly seen: string
  /** The stream of what workers say. */
  readonly answers: string
}

export const keysOf = (name: string): Keys => {
  const key = (what: string): string => `${PREFIX}-study:${name}:${what}`
  return { holder: key('holder'), state: key('bill'), seen: key('seen'), answers: key('answers') }
}
