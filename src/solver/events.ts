import type { Weights } from '../models/index.ts'
import type { Plateau } from '../optim/index.ts'
import type { StepFault, TrainState } from './step.ts'

/** A copy of the net at its best, and where that was. */
export interface Snapshot {
  /** The copy. */
  readonly weights: Weights
  /** After which epoch. */
  readonly epoch: number
  /** After which step. */
  readonly step: number
  /** The task's score on the validation data: of a classifier its accuracy, a fraction of 1. */
  readonly valScore: number
}

/**
 * All that the rest of a run depends on besides the model, the data and the options, which say the rest: a key's draws are a
 * function of the step. `train(model, data, options, run)` goes on from it, bit for bit. `snapshotRun` copies.
 */
export interface RunState extends TrainState {
  /** The moving average of the weights, where the options ask for one. */
  readonly average?: Weights | undefined
  /** The best weights so far; undefined without validation data. */
  readonly best: Snapshot | undefined
  /** Where `reduceOnPlateau` is. */
  readonly plateau: Plateau
  /** Steps of an epoch; where the run goes on it has as many. */
  readonly stepsPerEpoch: number
  /** The loss of each step, so its length is the number of steps. */
  readonly lossHistory: readonly number[]
  /** The learning rate of each step. */
  readonly learningRateHistory: readonly number[]
  /** The task's score after each epoch, epoch 0 first. */
  readonly trainScoreHistory: readonly number[]
  /** Epoch 0 first; empty without validation data. */
  readonly valScoreHistory: readonly number[]
}

/** After each step. Counts start at 1: step n is the n-th. */
export interface Step {
  /** Discriminant of the events. */
  readonly _tag: 'Step'
  /** Which step this was. */
  readonly step: number
  /** How many the run has. */
  readonly totalSteps: number
  /** In which epoch, from 1 on. */
  readonly epoch: number
  /** Of the batch, before the update. */
  readonly loss: number
  /** Of this step. */
  readonly learningRate: number
  /** Valid until the generator is resumed; `snapshotAll` copies. */
  readonly weights: Weights
  /** Valid until the generator is resumed. */
  readonly run: RunState
}

/** In the middle of an evaluation that takes several batches, so that whoever consumes the events is heard in between. */
export interface Evaluation {
  /** Discriminant of the events. */
  readonly _tag: 'Evaluation'
  /** Of which epoch. */
  readonly epoch: number
  /** How many of the examples have been seen. */
  readonly rows: number
  /** How many examples there are to see. */
  readonly totalRows: number
}

/** Before the first step (epoch 0), after each epoch, and at the end of a run that stops inside one. */
export interface Epoch {
  /** Discriminant of the events. */
  readonly _tag: 'Epoch'
  /** Which epoch ended; 0 before the first. */
  readonly epoch: number
  /** How many steps were made. */
  readonly step: number
  /** Mean over the epoch's steps; NaN for epoch 0. */
  readonly loss: number
  /** What the task's score is called, e.g. 'accuracy'. */
  readonly scoreName: string
  /** On some of the training data: `numTrainSamples`. */
  readonly trainScore: number
  /** Absent without validation data. */
  readonly valScore?: number
  /** The same by cs231n's name, where the score is an accuracy, a fraction of 1; else absent. */
  readonly trainAcc?: number
  /** The same as valScore, by cs231n's name. */
  readonly valAcc?: number
  /** Of the last step. */
  readonly learningRate: number
  /** Whether this is the best validation score so far. */
  readonly improved: boolean
  /** Those that were evaluated: the average where there is one. Valid until the generator is resumed; `snapshotAll` copies. */
  readonly weights: Weights
  /** Valid until the generator is resumed. */
  readonly run: RunState
}

/** What ended a run that diverged. */
export interface Fault {
  /** The step that was not made; of a score, the last one that was. */
  readonly step: number
  /** A 'weight' or a 'slot' of the rule was made infinite by the update itself, a 'statistic' by the batch; a 'score' by an evaluation. */
  readonly quantity: StepFault['quantity'] | 'score'
  /**
   * What was not finite first: what leaves a part of the net, e.g. 'affine2' or 'scores', or the 'loss' itself; a weight, e.g. 'W2', of a
   * slot 'v of W2'; a statistic; 'training' or 'validation' data.
   */
  readonly name: string
  /** One line for people, with what may help. */
  readonly message: string
}

/** Whether a score has cs231n's names too: trainAcc, valAcc. */
export const isAccuracy = (scoreName: string): boolean => scoreName === 'accuracy'

/** What a run has come to. */
export interface Result {
  /** 'diverged': something was not finite, see `fault`; 'interrupted': by `signal`. */
  readonly status: 'finished' | 'stoppedEarly' | 'diverged' | 'interrupted'
  /** Where and why a run diverged. */
  readonly fault: Fault | undefined
  /** The best weights by validation score; the last ones without validation data. */
  readonly weights: Weights
  /** Those after the last step, or their average where the options ask for one. Where an update made a weight or a slot infinite, those of the last evaluation. */
  readonly lastWeights: Weights
  /** The best weights and where they were found; undefined without validation data. */
  readonly best: Snapshot | undefined
  /** How many steps were made. */
  readonly steps: number
  /** The loss of each step. */
  readonly lossHistory: readonly number[]
  /** The learning rate of each step. */
  readonly learningRateHistory: readonly number[]
  /** What the task's score is called, e.g. 'accuracy'. */
  readonly scoreName: string
  /** Epoch 0 first. */
  readonly trainScoreHistory: readonly number[]
  /** Epoch 0 first; empty without validation data. */
  readonly valScoreHistory: readonly number[]
  /** The same by cs231n's names; empty where the score is no accuracy. */
  readonly trainAccHistory: readonly number[]
  /** The same as valScoreHistory. */
  readonly valAccHistory: readonly number[]
  /** The kernels that were used, e.g. 'wasm (SIMD)'. */
  readonly backend: string
}

/** The last event. */
export interface Done {
  /** Discriminant of the events. */
  readonly _tag: 'Done'
  /** What the run has come to. */
  readonly result: Result
  /** Valid until the generator is resumed. No run can go on from it where an update made a weight or a slot infinite. */
  readonly run: RunState
}

/** What `train` tells while it runs. */
export type Event = Step | Evaluation | Epoch | Done
