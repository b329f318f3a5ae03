import { ArgumentError, ShapeError } from '../errors/index.ts'
import { binaryLabels, type Labels, type Targets, targetsOf } from '../tensor/index.ts'

/** How good scores tell yes from no; undefined where one of the two is not there. */
export const areaUnderCurve = (scores: ArrayLike<number>, labels: ArrayLike<number>): number | undefined => {
  const order = Float64Array.from(scores).map((_, i) => i)
  order.sort((a, b) => (scores[a] as number) - (scores[b] as number))
  let positives = 0
  let rankSum = 0
  for (let start = 0; start < order.length; ) {
    let end = start
    while (end < order.length && scores[order[end] as number] === scores[order[start] as number]) end++
    // Equal scores share the mean of their ranks, which count from 1.
    for (let i = start; i < end; i++) {
      if (labels[order[i] as number] !== 1) continue
      positives++
      rankSum += (start + 1 + end) / 2
    }
    start = end
  }
  const negatives = order.length - positives
  return positives === 0 || negatives === 0
    ? undefined
    : (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}

/**
 * Area under the ROC curve: the probability that an example of class 1 has a higher score than one of class 0, equal ones half
 *
 * @param scores  N numbers that are higher where class 1 is likelier, e.g. `predict(model, weights, x)` of shape (N, 1)
 * @param y       N labels, 0 or 1
 * @returns       a fraction of 1; 0.5 is chance
 * @throws        ShapeError when there are not N labels 0 or 1, ArgumentError when all are of one class
 * @example       rocAuc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])   // 0.75
 * @see           Mann & Whitney, 1947; scikit-learn's roc_auc_score
 */
export const rocAuc = (scores: Targets, y: Labels): number => {
  const { data } = targetsOf('rocAuc', scores, 'scores')
  const labels = binaryLabels('rocAuc', y)
  if (labels.length !== data.length) {
    throw new ShapeError(
      `rocAuc: ${data.length} scores, but ${labels.length} labels; give the score of class 1 of each example`,
    )
  }
  const area = areaUnderCurve(data, labels)
  if (area !== undefined) return area
  throw new ArgumentError(
    labels.length === 0
      ? 'rocAuc: there are no examples; the area is over pairs of one of each class'
      : `rocAuc: all ${labels.length} labels are ${labels[0]}, but the area is over pairs of one of each class; take examples of both`,
  )
}
