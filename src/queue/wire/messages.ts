import type { Redis } from 'ioredis'
import { printable, printableLines } from '../../files/index.ts'
import type { Json, Outcome } from '../../sweep/index.ts'
import { recordOf } from './controllerState.ts'

/** Of which attempt something is said. */
export interface Attempt {
  readonly session: string
  readonly number: number
  readonly token: string
}

/** What a worker says. */
export type WorkerMessage =
  | (Attempt & { readonly _tag: 'Reported'; readonly step: number; readonly value: number })
  | (Attempt & { readonly _tag: 'Noted'; readonly name: string; readonly value: Json })
  | (Attempt & { readonly _tag: 'Ended'; readonly outcome: Outcome; readonly worker: string })
  | (Attempt & { readonly _tag: 'Lost'; readonly reason: string; readonly retries?: number; readonly worker: string })
  | { readonly _tag: 'Told'; readonly message: string }
  | {
      readonly _tag: 'Joined' | 'Left'
      readonly name: string
      readonly workers: number
      /** The controller that is meant, by the name in its state. */
      readonly controller: string
    }

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

const isReport = (value: unknown): boolean => {
  const { step, value: reported } = (value ?? {}) as { readonly step?: unknown; readonly value?: unknown }
  return isCount(step) && Number.isFinite(reported)
}

const isReason = (value: unknown): boolean => value === undefined || typeof value === 'string'

const states: readonly unknown[] = ['complete', 'pruned', 'diverged', 'failed']

const isOutcome = (value: unknown): value is Outcome => {
  if (typeof value !== 'object' || value === null) return false
  const { state, value: result, reason, reported, notes } = value as Outcome
  const hasValue = state === 'complete' ? Number.isFinite(result) : result === undefined || Number.isFinite(result)
  const hasHistory = Array.isArray(reported) && reported.every(isReport) && typeof notes === 'object' && notes !== null
  return states.includes(state) && hasValue && isReason(reason) && hasHistory
}

const isLoss = ({ reason, retries, worker }: Readonly<Record<string, unknown>>): boolean =>
  typeof reason === 'string' && typeof worker === 'string' && (retries === undefined || isCount(retries))

/** Texts that people will read. */
const tamed = (message: WorkerMessage): WorkerMessage => {
  if (message._tag === 'Lost')
    return { ...message, reason: printableLines(message.reason), worker: printable(message.worker) }
  if (message._tag !== 'Ended') return message
  const { outcome } = message
  const reason = outcome.reason && printableLines(outcome.reason)
  return { ...message, outcome: { ...outcome, reason }, worker: printable(message.worker) }
}

/** What came over the network, if it is a message. */
export const parseMessage = (text: string | undefined): WorkerMessage | undefined => {
  const said = recordOf(text ?? '')
  if (said._tag === 'Told')
    return typeof said.message === 'string' ? { _tag: 'Told', message: printable(said.message) } : undefined
  if (said._tag === 'Joined' || said._tag === 'Left') {
    const { _tag, name, workers, controller } = said
    if (typeof name !== 'string' || typeof controller !== 'string') return undefined
    if (typeof workers !== 'number' || !Number.isSafeInteger(workers)) return undefined
    return { _tag, name: printable(name), workers, controller }
  }
  if (!Number.isSafeInteger(said.number) || typeof said.session !== 'string' || typeof said.token !== 'string') {
    return undefined
  }
  const isWhole =
    (said._tag === 'Reported' && isReport(said)) ||
    (said._tag === 'Noted' && typeof said.name === 'string' && 'value' in said) ||
    (said._tag === 'Ended' && isOutcome(said.outcome) && typeof said.worker === 'string') ||
    (said._tag === 'Lost' && isLoss(said))
  return isWhole ? tamed(said as unknown as WorkerMessage) : undefined
}

/** Sends a message; waits until the server has it. */
export const send = async (client: Redis, key: string, message: WorkerMessage): Promise<void> => {
  await client.xadd(key, '*', 'answer', JSON.stringify(message))
}
