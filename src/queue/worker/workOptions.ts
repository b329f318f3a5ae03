import { availableParallelism } from 'node:os'
import {
  abortSignal,
  functionOf,
  type Given,
  positive,
  positiveInteger,
  requirement,
  text,
  withDefault,
} from '../../errors/index.ts'
import { addressOptions, type QueueOptions } from '../wire/address.ts'

export const workOptions = {
  ...addressOptions,
  /** URL of the module whose default export is the study, e.g. `import.meta.url`; it must not begin to work in its own worker threads. */
  module: addressOptions.module,
  /** Worker threads, an integer ≥ 1; one for each core unless given. */
  workers: withDefault(availableParallelism(), positiveInteger),
  /** A folder that all machines share: a trial whose machine died goes on elsewhere from its checkpoints; without it, it starts over. */
  folder: requirement<string>('the path of a folder', text.holds),
  /** Seconds without a report or a note after which a worker thread is taken for hung, > 0; 600 unless given. More than the longest epoch. */
  heartbeatTimeout: positive,
  /** Seconds without a sign of life after which a machine's trials are given to others, > 0; 30 unless given. The same on all machines. */
  leaseDuration: withDefault(30, positive),
  /** An AbortSignal: when it is aborted, running trials go back to the queue and the work ends. */
  signal: abortSignal,
  /** Gets each event. */
  see: withDefault(() => {}, functionOf<(event: WorkEvent) => void>()),
}

/** The options of `workOnQueue`. @interface */
export type WorkOptions = Omit<QueueOptions, 'module'> & Omit<Given<typeof workOptions>, 'url' | 'name'>

/** What a worker tells while it works. */
export type WorkEvent =
  | {
      /** There is no trial to run: none is left, or no controller. */
      readonly _tag: 'Waiting'
    }
  | {
      /** A trial begins, or begins again. */
      readonly _tag: 'Begun'
      /** Of the trial. */
      readonly number: number
      /** 1 the first time. */
      readonly attempt: number
    }
  | {
      /** A trial has its result. */
      readonly _tag: 'Ended'
      /** Of the trial. */
      readonly number: number
      /** How it ended, e.g. 'complete'. */
      readonly state: string
      /** Its value, where it has one. */
      readonly value: number | undefined
    }
  | {
      /** Something that the user should know. */
      readonly _tag: 'Warned'
      /** One line for people. */
      readonly message: string
    }

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
