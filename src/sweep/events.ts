import type { Params, Trial } from './trial.ts'

/** First: what the journal has already, and what is to come. */
export interface Opened {
  readonly _tag: 'Opened'
  /** Those of the journal. */
  readonly trials: readonly Trial[]
  /** How many the study is to have. */
  readonly total: number
  /** Of this process; those of other machines join. */
  readonly workers: number
}

/** Something that the user should know, and that does not end the sweep. */
export interface Warned {
  readonly _tag: 'Warned'
  readonly message: string
}

/** A machine offers its threads, or takes them away again. */
export interface WorkerMembership {
  readonly _tag: 'WorkerJoined' | 'WorkerLeft'
  readonly name: string
  readonly workers: number
}

export interface Begun {
  readonly _tag: 'Begun'
  readonly number: number
  readonly params: Params
  /** 1 the first time. */
  readonly attempt: number
}

export interface TrialReported {
  readonly _tag: 'Reported'
  readonly number: number
  readonly step: number
  readonly value: number
}

/** Its worker died or was silent for too long; the trial waits for its next attempt. */
export interface Retried {
  readonly _tag: 'Retried'
  readonly number: number
  readonly reason: string
}

/** A trial has its final result. */
export interface Ended {
  readonly _tag: 'Ended'
  readonly trial: Trial
}

/** What `runSweep` tells while it runs. */
export type SweepEvent = Opened | Warned | WorkerMembership | Begun | TrialReported | Retried | Ended

/** What a sweep has come to. */
export interface SweepResult {
  /** In order of number; those of former runs too. */
  readonly trials: readonly Trial[]
  /** The complete trial with the best value. */
  readonly best: Trial | undefined
  /** How many got their result in this run. */
  readonly done: number
  /** 'exhausted': the sampler has no more parameters that are new; 'interrupted': by the signal, the same call goes on. */
  readonly status: 'finished' | 'exhausted' | 'interrupted'
  readonly warnings: readonly string[]
}
