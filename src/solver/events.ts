import type { Option } from 'fp-ts/lib/Option.js'
import type { Weights } from '../models/index.ts'

/** A copy of the net at its best, and where that was. */
export interface Snapshot {
  readonly weights: Weights
  readonly epoch: number
  readonly step: number
  /** Validation accuracy, a fraction of 1. */
  readonly valAcc: number
}

/** After each step. Counts start at 1: step n is the n-th. */
export interface Step {
  readonly _tag: 'Step'
  readonly step: number
  readonly totalSteps: number
  readonly epoch: number
  readonly loss: number
  readonly learningRate: number
  /** Valid until the generator is resumed; `snapshotAll` copies. */
  readonly weights: Weights
}

/** Before the first step (epoch 0), after each epoch, and at the end of a run that stops inside one. */
export interface Epoch {
  readonly _tag: 'Epoch'
  readonly epoch: number
  readonly step: number
  /** Mean over the epoch's steps; NaN for epoch 0. */
  readonly loss: number
  /** Accuracies are fractions of 1. */
  readonly trainAcc: number
  /** Absent without validation data. */
  readonly valAcc?: number
  readonly learningRate: number
  /** Whether this is the best validation accuracy so far. */
  readonly improved: boolean
  /** Valid until the generator is resumed; `snapshotAll` copies. */
  readonly weights: Weights
}

export interface Result {
  /** 'diverged': a loss was not finite; the weights are those before that step. */
  readonly status: 'finished' | 'stoppedEarly' | 'diverged'
  /** The best weights by validation accuracy; the last ones without validation data. */
  readonly weights: Weights
  readonly lastWeights: Weights
  readonly best: Option<Snapshot>
  readonly steps: number
  /** The loss of each step. */
  readonly lossHistory: readonly number[]
  /** Epoch 0 first. */
  readonly trainAccHistory: readonly number[]
  /** Epoch 0 first; empty without validation data. */
  readonly valAccHistory: readonly number[]
  /** The kernels that were used, e.g. 'wasm (SIMD)'. */
  readonly backend: string
}

/** The last event. */
export interface Done {
  readonly _tag: 'Done'
  readonly result: Result
}

export type Event = Step | Epoch | Done
