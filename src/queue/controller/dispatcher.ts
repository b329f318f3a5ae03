import type { JobResult, SweepError, SweepEvent, WorkerPool } from '../../sweep/index.ts'
import { fingerprintOf, type JobSpec } from '../wire/jobSpec.ts'
import type { Attempt, WorkerMessage } from '../wire/messages.ts'

type Listener = Parameters<WorkerPool['run']>[2]
export type Result = Extract<WorkerMessage, { _tag: 'Ended' }>

interface Pending {
  readonly spec: JobSpec
  readonly listener: Listener
  readonly resolve: (jobResult: JobResult) => void
  readonly reject: (error: SweepError) => void
}

/** The trials that a controller has asked for, and what becomes of what workers say of them. */
export interface Dispatcher {
  /** Resolves at once when the result is there already. */
  readonly dispatch: (spec: JobSpec, listener: Listener) => Promise<JobResult>
  readonly isPending: (spec: JobSpec) => boolean
  readonly pending: () => readonly JobSpec[]
  /**
   * @param isOld  it was said to an earlier controller
   * @returns      whether the message may go; a result is kept until it is recorded
   */
  readonly receive: (message: WorkerMessage, isOld: boolean) => boolean
  /** The attempt has ended without a result. */
  readonly markLost: (token: string, reason: string) => void
  readonly interrupt: () => void
  readonly fail: (error: SweepError) => void
}

export interface DispatcherOptions {
  readonly session: string
  /** What its state calls the controller. */
  readonly controller: string
  /** Whether a trial's result is in the journal. */
  readonly isRecorded: (number: number) => boolean
  readonly see: (event: SweepEvent) => void
  /** Keeps a result that came when the trial had one already. */
  readonly recordLate: (late: Result) => void
  /** Called when an attempt is not needed any more, since an earlier one had its result after all. */
  readonly cancel: (spec: JobSpec) => void
}

const lateText = ({ number, token, outcome: { state, value }, worker }: Result): string =>
  `trial ${number}: another result, of ${worker}, came late and is recorded and ignored (${token}: ${state}${value === undefined ? '' : ` ${value}`})`

export const dispatcherOf = ({
  session,
  controller,
  isRecorded,
  see,
  recordLate,
  cancel,
}: DispatcherOptions): Dispatcher => {
  const pending = new Map<number, Pending>()
  const early = new Map<number, Result>()
  /** By number: the tokens of the results that counted. */
  const accepted = new Map<number, string>()
  let end: { readonly jobResult: JobResult } | { readonly error: SweepError } | undefined

  const isOf = (spec: JobSpec, { token }: Attempt): boolean => token.endsWith(`-${fingerprintOf(spec)}`)
  const settle = (number: number, jobResult: JobResult): void => {
    const one = pending.get(number)
    pending.delete(number)
    one?.resolve(jobResult)
  }
  const endAll = (): void => {
    for (const { resolve, reject } of pending.values()) {
      if (end !== undefined && 'error' in end) reject(end.error)
      else resolve({ _tag: 'Interrupted' })
    }
    pending.clear()
  }
  const ended = (result: Result, isOld: boolean): boolean => {
    const { number, token, outcome } = result
    const one = pending.get(number)
    if (one !== undefined && isOf(one.spec, result)) {
      accepted.set(number, token)
      settle(number, { _tag: 'Ended', outcome })
      if (one.spec.token !== token) cancel(one.spec)
      return false
    }
    if (!isRecorded(number) && !accepted.has(number)) {
      early.set(number, result)
      return false
    }
    // The same one twice: a connection broke before the server could say that it has it.
    if (isOld || accepted.get(number) === token) return true
    recordLate(result)
    see({ _tag: 'Warned', message: lateText(result) })
    return true
  }
  return {
    dispatch: (spec, listener) => {
      if (end !== undefined) return 'error' in end ? Promise.reject(end.error) : Promise.resolve(end.jobResult)
      const result = early.get(spec.number)
      if (result !== undefined && isOf(spec, result)) {
        early.delete(spec.number)
        accepted.set(spec.number, result.token)
        return Promise.resolve({ _tag: 'Ended', outcome: result.outcome })
      }
      return new Promise((resolve, reject) => pending.set(spec.number, { spec, listener, resolve, reject }))
    },
    isPending: (spec) => pending.get(spec.number)?.spec === spec,
    pending: () => [...pending.values()].map(({ spec }) => spec),
    receive: (message, isOld) => {
      if (message._tag === 'Told') see({ _tag: 'Warned', message: message.message })
      if ((message._tag === 'Joined' || message._tag === 'Left') && message.controller === controller) {
        see({ _tag: `Worker${message._tag}`, name: message.name, workers: message.workers })
      }
      if (!('session' in message) || message.session !== session) return true
      if (message._tag === 'Ended') return ended(message, isOld)
      const one = pending.get(message.number)
      // What another attempt says counts no more.
      if (one === undefined || one.spec.token !== message.token) return true
      if (message._tag === 'Reported') one.listener.reported(message.step, message.value)
      if (message._tag === 'Noted') one.listener.noted(message.name, message.value)
      if (message._tag === 'Lost') {
        const { retries, reason, worker } = message
        const most = retries === undefined ? {} : { retries }
        settle(message.number, { _tag: 'Lost', reason: `${reason}\n(${worker})`, ...most })
      }
      return true
    },
    markLost: (token, reason) => {
      const one = [...pending.values()].find(({ spec }) => spec.token === token)
      if (one !== undefined) settle(one.spec.number, { _tag: 'Lost', reason })
    },
    interrupt: () => {
      end ??= { jobResult: { _tag: 'Interrupted' } }
      endAll()
    },
    fail: (error) => {
      end ??= { error }
      endAll()
    },
  }
}
