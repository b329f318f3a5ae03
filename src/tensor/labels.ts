import { ArgumentError, ShapeError } from './errors.ts'
import { formatShape, type Tensor } from './tensor.ts'

/** Class indices, one an example, or a tensor (N, C) of one-hot rows. */
export type Labels = Int32Array | Uint8Array | readonly number[] | Tensor

const isTensor = (labels: Labels): labels is Tensor => 'shape' in labels

/**
 * The class indices of labels in any form; one-hot rows give the place of their 1.
 *
 * @throws  ShapeError when a label of a list is no integer ≥ 0 (an Int32Array comes back as it is), a row is not one-hot, or labels are neither a list nor a tensor
 * @example classIndices([2, 0])   // Int32Array [2, 0]
 */
export const classIndices = (labels: Labels): Int32Array => {
  if (labels instanceof Int32Array) return labels
  if (typeof labels !== 'object' || labels === null) {
    throw new ShapeError(`labels are a list of class indices or a one-hot tensor, but got ${String(labels)}`)
  }
  if (isTensor(labels)) return fromOneHot(labels)
  const out = new Int32Array(labels.length)
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number
    if (!Number.isInteger(label) || label < 0) {
      throw new ShapeError(`labels are integers ≥ 0, but row ${i} has ${String(label)}`)
    }
    out[i] = label
  }
  return out
}

const fromOneHot = ({ shape, data }: Tensor): Int32Array => {
  const [n = 0, classes = 0] = shape
  if (shape.length !== 2) throw new ShapeError(`one-hot labels have shape (N, C), but these have ${formatShape(shape)}`)
  const out = new Int32Array(n)
  for (let i = 0; i < n; i++) {
    const row = data.subarray(i * classes, (i + 1) * classes)
    const at = row.indexOf(1)
    if (at < 0 || row.some((v, j) => v !== (j === at ? 1 : 0))) {
      throw new ShapeError(`one-hot labels have a single 1 and else 0 in each row, but row ${i} is [${row.join(', ')}]`)
    }
    out[i] = at
  }
  return out
}

/**
 * One-hot rows of class indices: shape (N, numClasses)
 *
 * @param numClasses  C, an integer ≥ 1
 * @throws            ShapeError for a label that is not from 0 to numClasses − 1, ArgumentError when numClasses is no integer ≥ 1
 * @example           oneHot([1], 3).data   // Float32Array [0, 1, 0]
 */
export const oneHot = (labels: Labels, numClasses: number): Tensor => {
  const indices = classIndices(labels)
  checkClasses('oneHot', indices, numClasses)
  const data = new Float32Array(indices.length * numClasses)
  for (let i = 0; i < indices.length; i++) data[i * numClasses + (indices[i] as number)] = 1
  return { shape: [indices.length, numClasses], data }
}

/** Throws a ShapeError that names the first label outside 0 … classes − 1, and says why there are so many classes. */
export const checkLabels = (where: string, indices: Int32Array, classes: number, because: string): void => {
  for (let i = 0; i < indices.length; i++) {
    const label = indices[i] as number
    if (!(label >= 0 && label < classes)) {
      throw new ShapeError(
        `${where}: a label is a class from 0 to ${classes - 1} because ${because}, but row ${i} has ${label}`,
      )
    }
  }
}

/** `checkLabels` where the number of classes is an argument. */
export const checkClasses = (where: string, indices: Int32Array, numClasses: number): void => {
  if (!Number.isSafeInteger(numClasses) || numClasses < 1) {
    throw new ArgumentError(`${where}: numClasses must be an integer ≥ 1, but got ${String(numClasses)}`)
  }
  checkLabels(where, indices, numClasses, `numClasses is ${numClasses}`)
}
