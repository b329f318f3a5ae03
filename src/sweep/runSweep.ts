import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  abortSignal,
  functionOf,
  type Given,
  naturalNumber,
  positiveInteger,
  type Resolved,
  requirement,
  resolveOptions,
  text,
  withDefault,
} from '../errors/index.ts'
import { messageOf, printable } from '../files/index.ts'
import { availableParallelism, basename } from '../system/index.ts'
import { runTrials } from './engine/engine.ts'
import { foldersOf } from './engine/folders.ts'
import { inlinePool, type OpenPool, type WorkerPool } from './engine/workerPool.ts'
import { SweepError } from './errors.ts'
import type { SweepEvent, SweepResult } from './events.ts'
import { openJournal } from './journal/index.ts'
import { type Records, records, trialAt } from './records.ts'
import { studyFault } from './studyFault.ts'
import type { Study } from './sweep.ts'
import { best } from './table.ts'
import { aModule, type ThreadPoolOptions, threadPool, threadPoolOptions } from './threadPool.ts'
import { isWorkerOf } from './threads/program.ts'
import { isFinal } from './trial.ts'

const { heartbeatTimeout } = threadPoolOptions

const runOptions = {
  /**
   * URL of the module whose default export is the study, e.g. `import.meta.url`: the trials run in worker threads, which import it, so
   * it must not begin to run the sweep there (see `isMainThread` of node:worker_threads). In the calling thread unless given.
   */
  module: aModule,
  /** Worker threads, an integer ≥ 1; one for each core unless given. Needs `module`. */
  workers: positiveInteger,
  /** Opens the worker pool that runs the trials, instead of threads of this process: e.g. `onQueue({ … })` of cachegrad/queue. Without `workers`. */
  pool: functionOf<OpenPool>(),
  /** Path of a journal in Optuna's format: the same call with the same path goes on where the last one ended, however it ended. */
  journal: requirement<string>('the path of a file', text.holds),
  /** An AbortSignal: when it is aborted, running trials go back to waiting and the sweep ends. */
  signal: abortSignal,
  /** Gets each event. */
  see: withDefault(() => {}, functionOf<(event: SweepEvent) => void>()),
  /**
   * How often a trial is begun again, with its checkpoints, after its worker died, ran out of memory or was silent; then it has failed.
   * An integer ≥ 0, 2 unless given.
   */
  retries: withDefault(2, naturalNumber),
  heartbeatTimeout,
}

/** The options of `runSweep`. @interface */
export type RunOptions = Pick<ThreadPoolOptions, 'heartbeatTimeout'> & Given<typeof runOptions>

type Known = Resolved<typeof runOptions>

const asSweepError = (reason: unknown): SweepError =>
  reason instanceof SweepError ? reason : new SweepError(`runSweep: ${messageOf(reason)}`, { cause: reason })

const unwrap = <A>(result: E.Either<SweepError, A>): A => {
  if (E.isLeft(result)) throw result.left
  return result.right
}

/** What is wrong with a study and options that fit each by itself; undefined where nothing is. */
const faultOf = (study: Study, { pool, workers, module }: Known): string | undefined => {
  const fault = studyFault(study)
  if (fault !== undefined) return fault
  if (pool !== undefined && workers !== undefined) {
    return 'workers are threads of this process, and pool runs the trials elsewhere; give one'
  }
  if (module === undefined && workers !== undefined && workers > 1) {
    return `${workers} workers need module, the URL of the module that exports the study, e.g. import.meta.url`
  }
  return module !== undefined && isWorkerOf(module)
    ? 'module is run by a worker, which imports it; call runSweep there only where isMainThread of node:worker_threads is true'
    : undefined
}

const resolved = (study: Study, options: RunOptions): E.Either<SweepError, Known> =>
  pipe(
    resolveOptions('runSweep', options, runOptions),
    E.mapLeft(({ message }) => new SweepError(message)),
    E.filterOrElse(
      (known) => faultOf(study, known) === undefined,
      (known) => new SweepError(`runSweep: ${faultOf(study, known)}`),
    ),
  )

const open = async (study: Study, journal: string | undefined): Promise<Records & { warnings: readonly string[] }> => {
  if (journal === undefined) return { ...records(), warnings: [] }
  const { space, direction, sampler, pruner, seed, repeats } = study
  const name = basename(journal).replace(/\.jsonl$/, '')
  const head = { name, direction, space, seed, repeats, sampler: sampler.description, pruner: pruner.description }
  const opened = unwrap(await openJournal(journal, head)())
  return { ...opened, warnings: opened.warnings.map(printable) }
}

const loaded = async (study: Study): Promise<unknown> => {
  try {
    return await study.data()
  } catch (reason) {
    throw new SweepError(`runSweep: data cannot be loaded: ${messageOf(reason)}`, { cause: reason })
  }
}

const openOwn = async (study: Study, { module, heartbeatTimeout }: Known, workers: number): Promise<WorkerPool> => {
  if (module !== undefined) return threadPool(study, { module, workers, data: () => loaded(study), heartbeatTimeout })
  return inlinePool(study, await loaded(study))
}

const workersOf = ({ trials }: Study, { pool, module, workers = availableParallelism() }: Known): number => {
  if (pool !== undefined) return 0
  return module === undefined ? 1 : Math.min(workers, trials)
}

const run = async (study: Study, options: Known): Promise<SweepResult> => {
  const { pool: openGiven, journal, signal, see, retries } = options
  const workers = workersOf(study, options)
  const recorded = await open(study, journal)
  const { warnings } = recorded
  const isRecorded = (number: number): boolean => {
    const trial = trialAt(recorded, number)
    return trial !== undefined && isFinal(trial)
  }
  const folders = foldersOf(journal, isRecorded)
  const isStopped = (): boolean => signal?.aborted ?? false
  const isDone = (): boolean =>
    recorded.trials.filter((trial) => trial.number < study.trials && isFinal(trial)).length === study.trials
  const result = (done: number, isExhausted: boolean): SweepResult => ({
    trials: [...recorded.trials],
    best: best(recorded.trials, study.direction),
    done,
    status: isDone() ? 'finished' : isExhausted && recorded.trials.every(isFinal) ? 'exhausted' : 'interrupted',
    warnings,
  })
  try {
    see({ _tag: 'Opened', trials: [...recorded.trials], total: study.trials, workers })
    for (const message of warnings) see({ _tag: 'Warned', message })
    // The same command again, when all is done, loads nothing.
    if (isDone() || isStopped()) return result(0, false)
    const pool = await (openGiven?.({ study, trials: recorded.trials, isRecorded, remark: recorded.remark, see }) ??
      openOwn(study, options, workers))
    signal?.addEventListener('abort', pool.interrupt)
    try {
      // While it was opened nobody listened.
      if (isStopped()) pool.interrupt()
      const engine = { study, records: recorded, pool, retries, folderOf: folders.of, see, isStopped }
      const { done, isExhausted } = await runTrials(engine)
      return result(done, isExhausted)
    } catch (reason) {
      pool.interrupt()
      throw reason
    } finally {
      signal?.removeEventListener('abort', pool.interrupt)
      await pool.close()
    }
  } finally {
    folders.close()
    recorded.close()
  }
}

/**
 * Runs what a study still lacks, in worker threads or in the calling thread
 *
 * The table is the same with any number of workers, which have one kernel thread each. A trial whose objective throws has failed and
 * the others go on, unless the first three all fail; NaN makes it diverged. In the calling thread nothing can end an objective that
 * hangs, and kernels keep their number of threads, on which BLAS's last bits depend.
 *
 * @param study    from `sweep`
 * @param options  see `RunOptions`
 * @returns        all trials and the best one; left(SweepError) for a wrong option, a journal that cannot be opened or written or is
 *                 another study's, data or workers that fail, and first trials that all fail. What was recorded stays.
 * @example        const space = { x: uniform(-1, 1) }
 *                 const study = orThrow(sweep({ space, objective: ({ params }) => params.x ** 2, direction: 'minimize', sampler: random(), trials: 9 }))
 *                 runSweep(study, { journal: 'study.jsonl' })()   // Promise of right({ trials, best, done: 9, status: 'finished', … })
 */
export const runSweep = (study: Study, options: RunOptions = {}): TE.TaskEither<SweepError, SweepResult> =>
  pipe(
    TE.fromEither(resolved(study, options)),
    TE.chain((known) => TE.tryCatch(() => run(study, known), asSweepError)),
  )
