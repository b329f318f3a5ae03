import * as E from 'fp-ts/lib/Either.js'
import { completed, type Given, OptionError, oneOf, ShapeError, withDefault } from '../errors/index.ts'
import { temporary } from '../kernels/index.ts'
import { softmaxLoss, svmLoss } from '../layers/index.ts'
import { argmaxRows, formatShape, type Labels, labelsBelow, type Shape } from '../tensor/index.ts'
import type { Task } from './task.ts'

const losses = { softmax: softmaxLoss, svm: svmLoss } as const

/** What a loss of `classification` is called. @useDeclaredType */
export type ClassificationLoss = keyof typeof losses

export const lossNames = Object.keys(losses) as ClassificationLoss[]

const classificationOptions = {
  /** 'softmax', the cross entropy of the scores' softmax, or 'svm', the multiclass hinge loss; 'softmax' unless given. */
  loss: withDefault('softmax', oneOf(lossNames)),
}

/** The options of `classification`. @interface */
export type ClassificationOptions = Given<typeof classificationOptions>

const checkedLabels = (name: string, y: Labels, rows: number, [classes = 0, ...more]: Shape): Int32Array => {
  if (more.length > 0 || classes === 0) {
    throw new ShapeError(
      `${name}: classes need one score each, so outputs of shape (C,), but the net makes ${formatShape([classes, ...more])} of an example; end it with affine(C)`,
    )
  }
  if (classes === 1) {
    throw new ShapeError(
      `${name}: the net has 1 output, and with one class every answer is right; give it an output for each class, so 2 where the answer is yes or no`,
    )
  }
  const labels = labelsBelow(name, y, classes, `the net has ${classes} outputs`)
  if (labels.length !== rows) {
    throw new ShapeError(`${name} has ${labels.length} labels for ${rows} rows; each example needs one label`)
  }
  return labels
}

/**
 * One of C classes: the loss of the scores, and accuracy, the share of rows whose highest score is that of their label
 *
 * Labels are class indices from 0 to C − 1, or one-hot rows.
 *
 * @param options  `loss`, where softmax is not what is wanted
 * @throws         ArgumentError for another loss
 * @example        classification({ loss: 'svm' }).score.name   // 'accuracy'
 * @see            https://cs231n.github.io/linear-classify/
 */
export const classification = (options: ClassificationOptions = {}): Task<Labels, Int32Array> => {
  const { loss } = completed('classification', options, classificationOptions)
  return {
    spec: { type: 'classification', loss },
    link: 'softmax',
    check: (name, y, rows, outShape) =>
      E.tryCatch(
        () => checkedLabels(name, y, rows, outShape),
        (reason) => {
          if (reason instanceof ShapeError) return new OptionError(reason.message)
          throw reason
        },
      ),
    take: (y, rows) => {
      const taken = temporary('int32', rows.length)
      for (let i = 0; i < rows.length; i++) taken[i] = y[rows[i] as number] as number
      return taken
    },
    loss: losses[loss],
    score: {
      name: 'accuracy',
      better: 'higher',
      of: (out, y) => {
        const predicted = argmaxRows(out)
        let right = 0
        for (let i = 0; i < y.length; i++) if (predicted[i] === y[i]) right++
        return right / y.length
      },
    },
  }
}
