import type { StopSignal } from '../../sweep/index.ts'
import { abortSignal, isFunction, positive, positiveInteger, type Requirement } from '../../tensor/index.ts'
import { type Address, addressRequirements } from '../wire/address.ts'

export interface WorkOptions extends Address {
  /** URL of the module whose default export is the study, e.g. `import.meta.url`; it must not begin to work in its own worker threads. */
  readonly module: string
  /** Worker threads, an integer ≥ 1; one for each core unless given. */
  readonly workers?: number
  /** A folder that all machines share: a trial whose machine died goes on elsewhere from its checkpoints; without it, it starts over. */
  readonly folder?: string
  /** Seconds without a report or a note after which a worker thread is taken for hung, > 0; 600 unless given. More than the longest epoch. */
  readonly heartbeatTimeout?: number
  /** Seconds without a sign of life after which a machine's trials are given to others, > 0; 30 unless given. The same on all machines. */
  readonly leaseDuration?: number
  /** An AbortSignal: when it is aborted, running trials go back to the queue and the work ends. */
  readonly signal?: StopSignal
  readonly see?: (event: WorkEvent) => void
}

/** What a worker tells while it works. */
export type WorkEvent =
  | { readonly _tag: 'Waiting' }
  | { readonly _tag: 'Begun'; readonly number: number; readonly attempt: number }
  | { readonly _tag: 'Ended'; readonly number: number; readonly state: string; readonly value: number | undefined }
  | { readonly _tag: 'Warned'; readonly message: string }

/** What a worker has done. */
export interface WorkResult {
  /** Trials that it ended. */
  readonly done: number
  /**
   * 'finished': the study has all its trials; 'gone': it was there, and the server knows of it no more, e.g. since it ended while this
   * worker was cut off; 'interrupted': by the signal.
   */
  readonly status: 'finished' | 'gone' | 'interrupted'
}

/** What they must be. */
export const requirements: { readonly [K in keyof WorkOptions]-?: Requirement } = {
  ...addressRequirements,
  workers: positiveInteger,
  folder: { expected: 'the path of a folder', holds: (v) => typeof v === 'string' && v !== '' },
  heartbeatTimeout: positive,
  leaseDuration: positive,
  signal: abortSignal,
  see: isFunction,
}
