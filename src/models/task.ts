import * as E from 'fp-ts/lib/Either.js'
import { isRecord, type Json, OptionError, requirement, ShapeError } from '../errors/index.ts'
import type { Shape, Tensor } from '../tensor/index.ts'

/** From what a net computes to what one asks of it: probabilities of classes, of each output by itself, or the numbers themselves. */
export type Link = 'softmax' | 'sigmoid' | 'identity'

/** How good outputs are, as one number. */
export interface Score<T> {
  /** E.g. 'accuracy'. */
  readonly name: string
  /** As people write it, e.g. 'R²'; the name unless given. */
  readonly label?: string
  /** Whether a higher or a lower one is better. */
  readonly better: 'higher' | 'lower'
  /** Of all outputs, shape (N, …), at once. */
  of(out: Tensor, y: T): number
}

/**
 * What a net is trained for: what the targets are, the loss, and the score that says which weights are best
 *
 * Y: targets as they are given; T: the same after they were checked.
 */
export interface Task<Y, T extends Y = Y> {
  /** What it is, for files and checkpoints. */
  readonly spec: Json
  /** From the net's outputs to what `predict` gives. */
  readonly link: Link
  /** How many outputs a net has where nothing else says it. */
  readonly outputs?: number
  /** How many classes there are; as many as outputs unless given. */
  readonly classes?: number
  /** The targets, if there is one that fits for each of the rows. `name` is what messages call them. */
  check(name: string, y: Y, rows: number, outShape: Shape): E.Either<OptionError, T>
  /** The targets of some rows. */
  take(y: T, rows: Int32Array): T
  /** The mean loss of a batch, and its gradient. */
  loss(out: Tensor, y: Y): readonly [loss: number, dout: Tensor]
  /** How good outputs are; the best weights of a run are those with the best score. */
  readonly score: Score<T>
  /** What else says how good outputs are, by name. */
  metrics?(out: Tensor, y: T): Readonly<Record<string, number>>
  /** The task with what it takes of the training targets, e.g. weights of classes that balance them. */
  fitted?(y: T, outShape: Shape): Task<Y, T>
}

const methods = ['check', 'take', 'loss'] as const

export const isTask = requirement<Task<unknown>>(
  'a task, e.g. classification() or regression()',
  (value) =>
    isRecord(value) &&
    methods.every((name) => typeof value[name] === 'function') &&
    isRecord(value.score) &&
    typeof value.score.of === 'function',
)

/** What a check reads, or what is wrong with it. */
export const checking = <T>(read: () => T): E.Either<OptionError, T> =>
  E.tryCatch(read, (reason) => {
    if (reason instanceof ShapeError) return new OptionError(reason.message)
    throw reason
  })
