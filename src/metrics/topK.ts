import { ArgumentError, checkArgument, positiveInteger, ShapeError } from '../errors/index.ts'
import { type Labels, labelsBelow, shapes, type Tensor } from '../tensor/index.ts'

const contract = shapes('topKAccuracy', 'scores: N C')

/**
 * Share of rows whose label is among the k highest scores
 *
 * Of equal scores the first counts as the higher one, so that k = 1 is the accuracy of `argmaxRows`.
 *
 * @param scores  or probabilities, shape (N, C)
 * @param y       N labels
 * @param k       an integer from 1 to C
 * @returns       a fraction of 1; NaN for no rows
 * @throws        ShapeError when there are not N labels of C classes; ArgumentError for another k, and for a row with a NaN
 * @example       topKAccuracy(tensor([[0.1, 0.7, 0.2], [0.5, 0.1, 0.4]]), [2, 1], 2)   // 0.5
 * @see           scikit-learn's top_k_accuracy_score
 */
export const topKAccuracy = (scores: Tensor, y: Labels, k: number): number => {
  const { N, C } = contract(scores)
  checkArgument('topKAccuracy', 'k', k, positiveInteger)
  if (k > C) throw new ArgumentError(`topKAccuracy: k is at most the number of classes, ${C}, but got ${k}`)
  const labels = labelsBelow('topKAccuracy', y, C, `there are ${C} scores a row`)
  if (labels.length !== N) throw new ShapeError(`topKAccuracy: ${N} rows of scores, but ${labels.length} labels`)
  let within = 0
  for (let i = 0; i < N; i++) {
    const row = scores.data.subarray(i * C, (i + 1) * C)
    const label = labels[i] as number
    const own = row[label] as number
    if (row.some(Number.isNaN))
      throw new ArgumentError(`topKAccuracy: row ${i} holds a NaN, so its scores have no order`)
    let before = 0
    for (let j = 0; j < C; j++) if ((row[j] as number) > own || (row[j] === own && j < label)) before++
    if (before < k) within++
  }
  return within / N
}
