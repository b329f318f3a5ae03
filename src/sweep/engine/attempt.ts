import { shown } from '../../errors/index.ts'
import { isOutOfMemory, machineFault, stackOf } from '../../files/index.ts'
import { join } from '../../system/index.ts'
import { type Json, type RunningTrial, TrialDiverged, TrialPruned } from '../objective.ts'
import type { TrialResult } from '../records.ts'
import type { Study } from '../sweep.ts'
import type { Params, Reported, Trial } from '../trial.ts'
import { seedOf } from './draw.ts'
import { type Log, openLog } from './history.ts'
import { type Listener, reporting } from './reporting.ts'

/** A trial that is to be run. */
export interface Job {
  /** Of the trial. */
  readonly number: number
  /** Its parameters. */
  readonly params: Params
  /** 1 the first time. */
  readonly attempt: number
  /** Where its checkpoints may lie; not made yet. */
  readonly folder: string
}

/** A trial's final result. */
export interface Outcome extends TrialResult {
  /** In the order of their steps. */
  readonly reported: readonly Reported[]
  /** What else the objective noted. */
  readonly notes: Readonly<Record<string, Json>>
}

/** What came of a job. */
export type JobResult =
  | {
      /** It has its result. */
      readonly _tag: 'Ended'
      /** The result. */
      readonly outcome: Outcome
    }
  | {
      /** Without a result: whatever ran it died, was silent for too long, or had no memory. */
      readonly _tag: 'Lost'
      /** Why, in one line. */
      readonly reason: string
      /** It may be begun again so often; the sweep's `retries` unless given. */
      readonly retries?: number
    }
  | {
      /** Without a result: the machine can run no trials, e.g. since its disk is full. */
      readonly _tag: 'Unfit'
      /** Why, in one line. */
      readonly reason: string
    }
  | {
      /** Without a result: the sweep ends, and the trial waits. */
      readonly _tag: 'Interrupted'
    }

// Once more, since others may have had the memory; a net that is too large would come again for ever.
const RETRIES_OF_MEMORY = 1

/** All that a trial's result depends on, and who hears of it. */
export interface TrialContext {
  readonly study: Study
  readonly job: Job
  /** What the pruner may look at. */
  readonly seen: readonly Trial[]
  readonly data: unknown
  readonly listener: Listener
}

/** Thrown through an objective that is to stop without a result. */
export class Interrupted extends Error {
  readonly _tag = 'Interrupted'
}

// Characters; a longer reason has no place in a table.
const LONGEST_REASON = 2 ** 14

const traceOf = (thrown: unknown): string => stackOf(thrown).slice(0, LONGEST_REASON)

/** Whether a value is an instance, where it lets itself be asked: a proxy may throw. */
const isA = <A>(value: unknown, type: new (...parameters: never[]) => A): value is A => {
  try {
    return value instanceof type
  } catch {
    return false
  }
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** The standard deviation of which these values are a sample; 0 for one. */
const spreadOf = (values: readonly number[]): number => {
  const mean = meanOf(values)
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1))
}

/** One run of the objective, with what comes of it checked. */
const runOnce = async (context: TrialContext, repeat: number, log: Log): Promise<number> => {
  const { study, job, data } = context
  const { report, note, end, stopped } = reporting(context, repeat, log)
  const trial: RunningTrial = {
    params: job.params,
    number: job.number,
    seed: seedOf(study.seed, job.number, repeat),
    repeat,
    attempt: job.attempt,
    get folder() {
      return log.folder()
    },
    report,
    note,
  }
  let value: unknown
  try {
    value = await study.objective(trial as RunningTrial<never>, data)
  } catch (reason) {
    // One that was wrapped in another does not change the decision,
    throw stopped() ?? reason
  } finally {
    // and work that goes on behind the end has no more say.
    end()
  }
  // Nor does an objective that caught it.
  const stop = stopped()
  if (stop !== undefined) throw stop
  if (typeof value !== 'number') {
    throw new TypeError(
      `the objective must return a number, but returned ${shown(value)}; return e.g. its validation accuracy`,
    )
  }
  if (!Number.isFinite(value)) throw new TrialDiverged(`the objective returned ${value}`)
  return value
}

/** Runs a trial to its end, all its repeats. */
export const runTrial = async (context: TrialContext): Promise<JobResult> => {
  const { study, job } = context
  const { repeats } = study
  const logs = Array.from({ length: repeats }, (_, repeat) =>
    openLog(repeats === 1 ? job.folder : join(job.folder, `repeat-${repeat}`)),
  )
  const ended = (state: Outcome['state'], value?: number, reason?: string): Extract<JobResult, { _tag: 'Ended' }> => {
    const notes = Object.assign({}, ...logs.map((log) => log.notes))
    return { _tag: 'Ended', outcome: { state, value, reason, reported: (logs[0] as Log).reported, notes } }
  }
  const values: number[] = []
  try {
    for (const [repeat, log] of logs.entries()) values.push(await runOnce(context, repeat, log))
  } catch (reason) {
    if (isA(reason, Interrupted)) return { _tag: 'Interrupted' }
    if (isA(reason, TrialPruned)) return ended('pruned', logs[0]?.reported.at(-1)?.value, reason.message)
    if (isA(reason, TrialDiverged)) return ended('diverged', undefined, reason.message)
    const unfit = machineFault(reason)
    if (unfit !== undefined) return { _tag: 'Unfit', reason: unfit }
    if (isOutOfMemory(reason)) return { _tag: 'Lost', reason: traceOf(reason), retries: RETRIES_OF_MEMORY }
    return ended('failed', undefined, traceOf(reason))
  }
  const complete = ended('complete', meanOf(values))
  if (repeats > 1) Object.assign(complete.outcome.notes, { repeats, std: spreadOf(values) })
  return complete
}
