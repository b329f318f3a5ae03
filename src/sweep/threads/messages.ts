import type { MessagePort } from 'node:worker_threads'
import { machineFault, messageOf, stackOf } from '../../files/index.ts'
import type { SharedHeap } from '../../kernels/index.ts'
import type { Job, JobResult } from '../engine/attempt.ts'
import type { Json } from '../objective.ts'
import type { Trial } from '../trial.ts'

/** What a worker is started with. */
export interface Setup {
  /** Read by the kernels when they are loaded. */
  readonly cachegradHeap: SharedHeap | undefined
  /** The modules that make it read TypeScript, where that is needed. */
  readonly tsx: readonly string[] | undefined
  /** The module with `serve`; undefined where the study's module brings it. */
  readonly program: string | undefined
  /** The module whose default export is the study. */
  readonly module: string
  readonly study: string
  readonly data: unknown
  /** For orders and answers. Objectives and what they import have `parentPort` to themselves. */
  readonly port: MessagePort
}

/** A job, and the final trials that this worker has not been told of yet. */
export interface Assignment {
  readonly job: Job
  readonly news: readonly Trial[]
  /** How many of the trials that it knows the pruner may look at. */
  readonly sees: number
}

/** The last thing that a worker says, where it ends otherwise than by `process.exit`. */
export interface WorkerFailure {
  readonly _tag: 'Died'
  /** One line. */
  readonly message: string
  readonly jobResult: Extract<JobResult, { readonly reason: string }>
}

/** What an exception that nobody caught means for the trial that ran. */
export const failureBy = (thrown: unknown): WorkerFailure => {
  const unfit = machineFault(thrown)
  const jobResult = unfit === undefined ? { _tag: 'Lost', reason: stackOf(thrown) } : { _tag: 'Unfit', reason: unfit }
  return { _tag: 'Died', message: messageOf(thrown), jobResult } as WorkerFailure
}

export type WorkerMessage =
  | { readonly _tag: 'Ready' }
  | { readonly _tag: 'Reported'; readonly step: number; readonly value: number }
  | { readonly _tag: 'Noted'; readonly name: string; readonly value: Json }
  | { readonly _tag: 'Alive' }
  | JobResult
  | WorkerFailure
