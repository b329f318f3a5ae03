import { ArgumentError, completed, type Given, oneOf, positive, withDefault } from '../errors/index.ts'
import { huberLoss, maeLoss, mseLoss } from '../layers/index.ts'
import { meanAbsoluteError, r2Score, rootMeanSquaredError } from '../metrics/index.ts'
import {
  dtypeOf,
  emptyLike,
  formatShape,
  gather,
  isTensor,
  type Targets,
  type Tensor,
  targetRows,
} from '../tensor/index.ts'
import { checking, type Task } from './task.ts'

type Loss = (x: Tensor, y: Tensor) => readonly [loss: number, dx: Tensor]

const losses = {
  mse: (): Loss => mseLoss,
  mae: (): Loss => maeLoss,
  huber:
    (delta = 1): Loss =>
    (x, y) =>
      huberLoss(x, y, delta),
} as const

/** The losses of `regression`. @useDeclaredType */
export type RegressionLoss = keyof typeof losses

/** What `regression` may be told. */
const regressionOptions = {
  /** 'mse', the mean of squares; 'mae', the mean of absolute errors; 'huber', squares near 0 and absolute errors far from it. 'mse' unless given. */
  loss: withDefault('mse', oneOf(Object.keys(losses) as RegressionLoss[])),
  /** The error from which on 'huber' is no square any more, > 0; 1 unless given. */
  delta: positive,
}

/** The options of `regression`. @interface */
export type RegressionOptions = Given<typeof regressionOptions>

/** Checked targets in the precision of the outputs, and as many. */
export const targetsBeside = (where: string, out: Tensor, y: Targets): Tensor => {
  const [rows = 0, ...outShape] = out.shape
  const made = `the net makes ${formatShape(outShape)} of an example`
  const targets = isTensor(y) && y.data.length === out.data.length ? y : targetRows(where, y, rows, outShape, made)
  if (dtypeOf(targets) === dtypeOf(out)) return targets
  const cast = emptyLike(out)
  cast.data.set(targets.data)
  return cast
}

/**
 * One number or several: the mean of (out − y)², |out − y| or Huber's loss over all elements, and R², the share of the variance explained
 *
 * Targets are a list with a number for each example, or a tensor (N, K) with one for each output. A net learns them best where they are
 * of the order of 1.
 *
 * @param options  `loss` 'mse', 'mae' or 'huber', and its `delta`
 * @throws         ArgumentError for an option that does not fit
 * @example        regression({ loss: 'huber' }).score.name   // 'r2'
 * @see            PyTorch's MSELoss, L1Loss and HuberLoss; scikit-learn's r2_score
 */
export const regression = (options: RegressionOptions = {}): Task<Targets, Tensor> => {
  const { loss, delta } = completed('regression', options, regressionOptions)
  if (delta !== undefined && loss !== 'huber') {
    throw new ArgumentError(
      `regression: delta belongs to the loss 'huber', but loss is '${loss}'; leave one of them out`,
    )
  }
  const lossOf = losses[loss](delta)
  return {
    spec: { type: 'regression', loss, ...(delta !== undefined && { delta }) },
    link: 'identity',
    outputs: 1,
    check: (name, y, rows, outShape) =>
      checking(() => targetRows(name, y, rows, outShape, `the net makes ${formatShape(outShape)} of an example`)),
    take: (y, rows) => gather(y, rows),
    loss: (out, y) => lossOf(out, targetsBeside('regression', out, y)),
    score: { name: 'r2', label: 'R²', better: 'higher', of: r2Score },
    metrics: (out, y) => ({ mae: meanAbsoluteError(out, y), rmse: rootMeanSquaredError(out, y) }),
  }
}
