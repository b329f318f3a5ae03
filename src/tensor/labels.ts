import { ArgumentError, ShapeError, shown } from '../errors/index.ts'
import { isNumberArray, type Numbers } from './numbers.ts'
import { formatShape, isShape, sizeOf, type Tensor } from './tensor.ts'

/** Class indices, one an example, in a list, a typed array or a tensor (N,); or a tensor (N, C) of one-hot rows. */
export type Labels = Numbers | Tensor

const isTensor = (labels: Labels): labels is Tensor =>
  !Array.isArray(labels) && 'data' in labels && isNumberArray(labels.data) && Array.isArray(labels.shape)

/** What makes labels of what people have in their place. */
const remedyFor = (label: unknown): string => {
  if (typeof label === 'bigint') return 'give numbers, e.g. Array.from(labels, Number)'
  if (typeof label === 'string' && label.trim() !== '' && Number.isFinite(Number(label))) {
    return 'give numbers, e.g. labels.map(Number)'
  }
  if (typeof label === 'string') return 'encodeLabels(names) gives the class of each name'
  if (Array.isArray(label))
    return 'one-hot rows are a tensor, tensor([N, C], rows.flat()), or give rows.map((row) => row.indexOf(1))'
  if (typeof label === 'boolean') return 'give numbers, e.g. Array.from(labels, Number)'
  if (label === undefined || Number.isNaN(label)) return 'every example needs a label'
  if (typeof label === 'number' && !Number.isInteger(label))
    return 'numbers to be predicted are the targets of regression()'
  return 'give the class of each example, counted from 0'
}

const fromList = (where: string, labels: Numbers): Int32Array => {
  const out = new Int32Array(labels.length)
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number
    if (!(Number.isInteger(label) && label >= 0 && label < 2 ** 31)) {
      throw new ShapeError(`${where}: labels are integers ≥ 0, but row ${i} has ${shown(label)}; ${remedyFor(label)}`)
    }
    out[i] = label
  }
  return out
}

const fromOneHot = (where: string, { shape, data }: Tensor): Int32Array => {
  const [n = 0, classes = 0] = shape
  const out = new Int32Array(n)
  for (let i = 0; i < n; i++) {
    const row = data.subarray(i * classes, (i + 1) * classes)
    const at = row.indexOf(1)
    if (at < 0 || row.some((v, j) => v !== (j === at ? 1 : 0))) {
      throw new ShapeError(
        `${where}: one-hot labels have a single 1 and else 0 in each row, but row ${i} is [${row.slice(0, 20).join(', ')}${classes > 20 ? ', …' : ''}]`,
      )
    }
    out[i] = at
  }
  return out
}

/** A tensor of labels and how many classes its one-hot rows have; undefined for class indices. */
const fromTensor = (where: string, labels: Tensor): Indices => {
  const { shape, data } = labels
  if (!isShape(shape)) throw new ShapeError(`${where}: labels must have a shape, but it is ${shown(shape)}`)
  const size = sizeOf(shape)
  if (!isNumberArray(data) || data.length !== size) {
    throw new ShapeError(
      `${where}: labels of shape ${formatShape(shape)} need ${size} numbers, but hold ${data.length}`,
    )
  }
  if (shape.length === 1) return { indices: fromList(where, data), width: undefined }
  if (shape.length === 2 && shape[1] !== 1) return { indices: fromOneHot(where, labels), width: shape[1] }
  throw new ShapeError(
    `${where}: labels have shape (N,), or (N, C) where they are one-hot, but these have ${formatShape(shape)}; reshape(labels, [N]) makes class indices of a column`,
  )
}

interface Indices {
  readonly indices: Int32Array
  /** C of one-hot rows. */
  readonly width: number | undefined
}

const read = (where: string, labels: Labels): Indices => {
  // As steps and checked data have them; whoever knows the number of classes looks at the range.
  if (labels instanceof Int32Array) return { indices: labels, width: undefined }
  if (Array.isArray(labels) || isNumberArray(labels)) return { indices: fromList(where, labels), width: undefined }
  if (typeof labels === 'object' && labels !== null && isTensor(labels)) return fromTensor(where, labels)
  throw new ShapeError(
    `${where}: labels are a list or a typed array of class indices, or a one-hot tensor, but got ${shown(labels)}; give an array, e.g. Array.from(labels)`,
  )
}

/**
 * The class indices of labels in any form; one-hot rows give the place of their 1.
 *
 * @throws  ShapeError when a label is no integer ≥ 0, a row is not one-hot, or labels are neither numbers nor a tensor
 * @example classIndices([2, 0])   // Int32Array [2, 0]
 */
export const classIndices = (labels: Labels): Int32Array => {
  const { indices } = read('classIndices', labels)
  return labels instanceof Int32Array && labels.some((label) => label < 0) ? fromList('classIndices', labels) : indices
}

/**
 * The class indices of labels, each from 0 to classes − 1.
 *
 * @param because  why there are so many classes, for the message
 * @throws         ShapeError that names the first label that does not fit
 */
export const labelsBelow = (where: string, labels: Labels, classes: number, because: string): Int32Array => {
  const { indices, width } = read(where, labels)
  if (width !== undefined && width !== classes) {
    throw new ShapeError(
      `${where}: one-hot rows have a column for each class, so ${classes} because ${because}, but these have ${width}`,
    )
  }
  for (let i = 0; i < indices.length; i++) {
    const label = indices[i] as number
    if (!(label >= 0 && label < classes)) {
      throw new ShapeError(
        `${where}: a label is a class from 0 to ${classes - 1} because ${because}, but row ${i} has ${label}`,
      )
    }
  }
  return indices
}

/** Labels of yes or no, 1 or 0, also as a column (N, 1). Throws a ShapeError that names the first label that is neither. */
export const binaryLabels = (where: string, labels: Labels): Int32Array => {
  const isColumn = typeof labels === 'object' && labels !== null && isTensor(labels) && labels.shape[1] === 1
  return labelsBelow(where, isColumn ? labels.data : labels, 2, 'it is yes or no')
}

/** `labelsBelow` where the number of classes is an argument. */
export const labelsOf = (where: string, labels: Labels, numClasses: number): Int32Array => {
  if (!Number.isSafeInteger(numClasses) || numClasses < 1) {
    throw new ArgumentError(`${where}: numClasses must be an integer ≥ 1, but got ${shown(numClasses)}`)
  }
  return labelsBelow(where, labels, numClasses, `numClasses is ${numClasses}`)
}

/**
 * One-hot rows of class indices: shape (N, numClasses)
 *
 * @param numClasses  C, an integer ≥ 1
 * @throws            ShapeError for a label that is not from 0 to numClasses − 1, ArgumentError when numClasses is no integer ≥ 1
 * @example           oneHot([1], 3).data   // Float32Array [0, 1, 0]
 */
export const oneHot = (labels: Labels, numClasses: number): Tensor => {
  const indices = labelsOf('oneHot', labels, numClasses)
  const data = new Float32Array(indices.length * numClasses)
  for (let i = 0; i < indices.length; i++) data[i * numClasses + (indices[i] as number)] = 1
  return { shape: [indices.length, numClasses], data }
}
