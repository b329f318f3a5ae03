import { SweepError } from '../sweep/index.ts'

/** Why a worker goes: the study is finished or is there no more, somebody wants it, or it cannot work. */
export type Why = 'finished' | 'gone' | 'interrupted' | SweepError

/** The end of a worker's life, which comes once. */
export interface Ending {
  /** Undefined while it lives. */
  readonly why: () => Why | undefined
  readonly come: (why: Why) => void
  /** Resolves when it comes. */
  readonly over: Promise<undefined>
}

/** A fault that is found while a worker goes is told nevertheless. */
export const ending = (): Ending => {
  let why: Why | undefined
  let end = (_: undefined): void => {}
  const over = new Promise<undefined>((resolve) => {
    end = resolve
  })
  return {
    why: () => why,
    come: (reason) => {
      if (why === undefined || (reason instanceof SweepError && !(why instanceof SweepError))) why = reason
      end(undefined)
    },
    over,
  }
}
