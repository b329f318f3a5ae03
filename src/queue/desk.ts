import type { Crew, SweepError, SweepEvent, Verdict } from '../sweep/index.ts'
import type { Answer, Attempt } from './answers.ts'
import { fingerprintOf, type Plan } from './plan.ts'

type Listener = Parameters<Crew['run']>[2]
export type Result = Extract<Answer, { _tag: 'Ended' }>

interface Asked {
  readonly plan: Plan
  readonly listener: Listener
  readonly resolve: (verdict: Verdict) => void
  readonly reject: (error: SweepError) => void
}

/** The trials that a controller has asked for, and what becomes of what workers say of them. */
export interface Desk {
  /** Resolves at once when the result came before it was asked for. */
  readonly ask: (plan: Plan, listener: Listener) => Promise<Verdict>
  readonly isOpen: (plan: Plan) => boolean
  readonly open: () => readonly Plan[]
  /**
   * @param isOld  it was said to an earlier controller
   * @returns      whether the answer may go; a result is kept until it is recorded
   */
  readonly hear: (answer: Answer, isOld: boolean) => boolean
  /** The attempt has ended without a result. */
  readonly lose: (token: string, reason: string) => void
  readonly interrupt: () => void
  readonly fail: (error: SweepError) => void
}

export interface DeskOptions {
  readonly session: string
  /** Whether a trial's result is in the journal. */
  readonly isRecorded: (number: number) => boolean
  readonly see: (event: SweepEvent) => void
  /** Keeps a result that came when the trial had one already. */
  readonly keep: (late: Result) => void
  /** Called when an attempt is not needed any more, since an earlier one had its result after all. */
  readonly spare: (plan: Plan) => void
}

const lateText = ({ number, token, outcome: { state, value }, worker }: Result): string =>
  `trial ${number}: another result, of ${worker}, came late and is recorded and ignored (${token}: ${state}${value === undefined ? '' : ` ${value}`})`

export const desk = ({ session, isRecorded, see, keep, spare }: DeskOptions): Desk => {
  const asked = new Map<number, Asked>()
  const early = new Map<number, Result>()
  /** By number: the tokens of the results that counted. */
  const won = new Map<number, string>()
  let end: { readonly verdict: Verdict } | { readonly error: SweepError } | undefined

  const isOf = (plan: Plan, { token }: Attempt): boolean => token.endsWith(`-${fingerprintOf(plan)}`)
  const settle = (number: number, verdict: Verdict): void => {
    const one = asked.get(number)
    asked.delete(number)
    one?.resolve(verdict)
  }
  const endAll = (): void => {
    for (const { resolve, reject } of asked.values()) {
      if (end !== undefined && 'error' in end) reject(end.error)
      else resolve({ _tag: 'Interrupted' })
    }
    asked.clear()
  }
  const ended = (result: Result, isOld: boolean): boolean => {
    const { number, token, outcome } = result
    const one = asked.get(number)
    if (one !== undefined && isOf(one.plan, result)) {
      won.set(number, token)
      settle(number, { _tag: 'Ended', outcome })
      if (one.plan.token !== token) spare(one.plan)
      return false
    }
    if (!isRecorded(number) && !won.has(number)) {
      early.set(number, result)
      return false
    }
    // The same one twice: a connection broke before the server could say that it has it.
    if (isOld || won.get(number) === token) return true
    keep(result)
    see({ _tag: 'Warned', message: lateText(result) })
    return true
  }
  return {
    ask: (plan, listener) => {
      if (end !== undefined) return 'error' in end ? Promise.reject(end.error) : Promise.resolve(end.verdict)
      const result = early.get(plan.number)
      if (result !== undefined && isOf(plan, result)) {
        early.delete(plan.number)
        won.set(plan.number, result.token)
        return Promise.resolve({ _tag: 'Ended', outcome: result.outcome })
      }
      return new Promise((resolve, reject) => asked.set(plan.number, { plan, listener, resolve, reject }))
    },
    isOpen: (plan) => asked.get(plan.number)?.plan === plan,
    open: () => [...asked.values()].map(({ plan }) => plan),
    hear: (answer, isOld) => {
      if (answer._tag === 'Told') see({ _tag: 'Warned', message: answer.message })
      // To this controller who was there before says so again.
      if (!isOld && (answer._tag === 'Joined' || answer._tag === 'Left')) see(answer)
      if (!('session' in answer) || answer.session !== session) return true
      if (answer._tag === 'Ended') return ended(answer, isOld)
      const one = asked.get(answer.number)
      // What another attempt says counts no more.
      if (one === undefined || one.plan.token !== answer.token) return true
      if (answer._tag === 'Reported') one.listener.reported(answer.step, answer.value)
      if (answer._tag === 'Noted') one.listener.noted(answer.name, answer.value)
      if (answer._tag === 'Lost') {
        const { retries, reason, worker } = answer
        const most = retries === undefined ? {} : { retries }
        settle(answer.number, { _tag: 'Lost', reason: `${reason}\n(${worker})`, ...most })
      }
      return true
    },
    lose: (token, reason) => {
      const one = [...asked.values()].find(({ plan }) => plan.token === token)
      if (one !== undefined) settle(one.plan.number, { _tag: 'Lost', reason })
    },
    interrupt: () => {
      end ??= { verdict: { _tag: 'Interrupted' } }
      endAll()
    },
    fail: (error) => {
      end ??= { error }
      endAll()
    },
  }
}
