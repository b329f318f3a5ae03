import type { Json, Outcome } from '../sweep/index.ts'
import { recordOf } from './bill.ts'

/** Of which attempt something is said. */
export interface Attempt {
  readonly session: string
  readonly number: number
  readonly token: string
}

/** What a worker says. */
export type Answer =
  | (Attempt & { readonly _tag: 'Reported'; readonly step: number; readonly value: number })
  | (Attempt & { readonly _tag: 'Noted'; readonly name: string; readonly value: Json })
  | (Attempt & { readonly _tag: 'Ended'; readonly outcome: Outcome; readonly worker: string })
  | (Attempt & { readonly _tag: 'Lost'; readonly reason: string; readonly worker: string })
  | { readonly _tag: 'Told'; readonly message: string }
  | { readonly _tag: 'Joined' | 'Left'; readonly name: string; readonly workers: number }

const states: readonly unknown[] = ['complete', 'pruned', 'diverged', 'failed']

const isOutcome = (value: unknown): value is Outcome => {
  if (typeof value !== 'object' || value === null) return false
  const { state, value: result, reported, notes } = value as Outcome
  const hasValue = state === 'complete' ? Number.isFinite(result) : result === undefined || Number.isFinite(result)
  return states.includes(state) && hasValue && Array.isArray(reported) && typeof notes === 'object' && notes !== null
}

/** Without what steers a terminal. */
const harmless = (text: string): string => text.replace(/\p{Cc}+/gu, ' ')

/** What came over the network, if it is an answer. */
export const answerOf = (text: string | undefined): Answer | undefined => {
  const said = recordOf(text ?? '')
  if (said._tag === 'Told')
    return typeof said.message === 'string' ? { _tag: 'Told', message: harmless(said.message) } : undefined
  if (said._tag === 'Joined' || said._tag === 'Left') {
    const { _tag, name, workers } = said
    if (typeof name !== 'string' || typeof workers !== 'number' || !Number.isSafeInteger(workers)) return undefined
    return { _tag, name: harmless(name), workers }
  }
  if (!Number.isSafeInteger(said.number) || typeof said.session !== 'string' || typeof said.token !== 'string') {
    return undefined
  }
  const isWhole =
    (said._tag === 'Reported' && Number.isSafeInteger(said.step) && Number.isFinite(said.value)) ||
    (said._tag === 'Noted' && typeof said.name === 'string' && 'value' in said) ||
    (said._tag === 'Ended' && isOutcome(said.outcome)) ||
    (said._tag === 'Lost' && typeof said.reason === 'string')
  return isWhole ? (said as unknown as Answer) : undefined
}
