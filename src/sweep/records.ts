import type { Json } from './objective.ts'
import type { Params, Trial } from './trial.ts'

/** A trial's one final result. */
export interface TrialResult {
  /** How it ended. */
  readonly state: 'complete' | 'pruned' | 'diverged' | 'failed'
  /** Finite; absent for what diverged or failed. */
  readonly value: number | undefined
  /** Why it was pruned, diverged or failed. */
  readonly reason: string | undefined
}

/** Where a sweep records what happens to its trials, each thing when it happens; a journal is one that lasts. */
export interface Records {
  /**
   * In order of number, as recorded so far: one list, which changes. What a trial reported and noted is shown when it begins, waits again
   * and ends, so that a report costs the same however many there are.
   */
  readonly trials: readonly Trial[]
  /** A trial that waits; its number is the next one. */
  create(number: number, params: Params): void
  /** The trial runs: another attempt. */
  begin(number: number): void
  report(number: number, step: number, value: number): void
  note(number: number, name: string, value: Json): void
  end(number: number, ending: TrialResult): void
  /** Keeps what is worth knowing of a trial that may have its result; no trial is changed by it. */
  remark(number: number, name: string, value: Json): void
  /** The trial runs no more, and will be begun again. */
  toWaiting(number: number): void
  close(): void
}

/** A trial by its number; undefined for one that was not created, or that a damaged journal has lost. */
export const trialAt = ({ trials }: Records, number: number): Trial | undefined =>
  trials[number]?.number === number ? trials[number] : trials.find((trial) => trial.number === number)

/** Records that last as long as they are held. */
export const records = (): Records => {
  const trials: Trial[] = []
  const reported = new Map<number, Map<number, number>>()
  const notes = new Map<number, Map<string, Json>>()
  const at = (number: number): Trial => trials[number] as Trial
  const change = (number: number, changes: Partial<Trial>): void => {
    const reports = [...(reported.get(number) ?? [])].map(([step, value]) => ({ step, value }))
    trials[number] = {
      ...at(number),
      ...changes,
      reported: reports.sort((a, b) => a.step - b.step),
      notes: Object.fromEntries(notes.get(number) ?? []),
    }
  }
  return {
    trials,
    create: (number, params) => {
      reported.set(number, new Map())
      notes.set(number, new Map())
      trials[number] = {
        number,
        state: 'waiting',
        params,
        ...{ value: undefined, reason: undefined, began: undefined, ended: undefined },
        ...{ reported: [], notes: {}, attempts: 0 },
      }
    },
    begin: (number) => change(number, { state: 'running', attempts: at(number).attempts + 1, began: Date.now() }),
    report: (number, step, value) => void reported.get(number)?.set(step, value),
    note: (number, name, value) => void notes.get(number)?.set(name, value),
    end: (number, ending) => {
      change(number, { ...ending, ended: Date.now() })
      reported.delete(number)
      notes.delete(number)
    },
    remark: () => {},
    toWaiting: (number) => change(number, { state: 'waiting' }),
    close: () => {},
  }
}
