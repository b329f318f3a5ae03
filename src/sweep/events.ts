import type { Params, Trial } from './trial.ts'

/** First: what the journal has already, and what is to come. */
export interface Opened {
  /** Discriminant of the events. */
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
  /** Discriminant of the events. */
  readonly _tag: 'Warned'
  /** One line for people. */
  readonly message: string
}

/** A machine offers its threads, or takes them away again. */
export interface WorkerMembership {
  /** Discriminant of the events. */
  readonly _tag: 'WorkerJoined' | 'WorkerLeft'
  /** Of the machine and its process. */
  readonly name: string
  /** How many threads. */
  readonly workers: number
}

/** A trial begins, or begins again. */
export interface Begun {
  /** Discriminant of the events. */
  readonly _tag: 'Begun'
  /** Of the trial. */
  readonly number: number
  /** Its parameters. */
  readonly params: Params
  /** 1 the first time. */
  readonly attempt: number
}

/** A trial reports a value on its way. */
export interface TrialReported {
  /** Discriminant of the events. */
  readonly _tag: 'Reported'
  /** Of the trial. */
  readonly number: number
  /** E.g. the epoch. */
  readonly step: number
  /** What the objective would return if it stopped now. */
  readonly value: number
}

/** Its worker died or was silent for too long; the trial waits for its next attempt. */
export interface Retried {
  /** Discriminant of the events. */
  readonly _tag: 'Retried'
  /** Of the trial. */
  readonly number: number
  /** Why, in one line. */
  readonly reason: string
}

/** A trial has its final result. */
export interface Ended {
  /** Discriminant of the events. */
  readonly _tag: 'Ended'
  /** With its result. */
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
  /** The messages of all `Warned` events. */
  readonly warnings: readonly string[]
}
