import type { Model, Weights } from '../../models/index.ts'
import { confusionMatrix, perClassAccuracy, predict } from '../../solver/index.ts'
import { argmaxRows, classIndices, type Labels, type Rows, sizeOf, type Tensor } from '../../tensor/index.ts'
import { exampleImage, type ImageShape, weightImage } from './pictures.ts'
import type { FirstLayer, Mistake, TestRecord } from './record.ts'

const MOST_MISTAKES = 24
const MOST_UNITS = 64

/** Examples that were not trained on, and their labels. */
export interface TestSet {
  readonly x: Rows
  readonly y: Labels
}

/** Each row's predicted class and the softmax of its score. */
const predictions = (model: Model, weights: Weights, x: Rows) => {
  const probabilities = predict(model, weights, x)
  const numClasses = probabilities.shape[1] ?? 0
  const classes = argmaxRows(probabilities)
  const confidence = Float32Array.from(classes, (best, row) => probabilities.data[row * numClasses + best] as number)
  return { classes, confidence, numClasses }
}

/** What a net does with examples it has not seen: what it takes for what, and its most confident mistakes. */
export const examineTest = (
  model: Model,
  weights: Weights,
  { x, y }: TestSet,
  image: ImageShape | undefined,
  names: readonly string[] = [],
): TestRecord => {
  const labels = classIndices(y)
  const { classes, confidence, numClasses } = predictions(model, weights, x)
  const confusion = confusionMatrix(classes, labels, numClasses)
  const wrong = Array.from(labels.keys())
    .filter((row) => classes[row] !== labels[row])
    .sort((a, b) => (confidence[b] as number) - (confidence[a] as number))
  const mistakes = wrong.slice(0, MOST_MISTAKES).map((row): Mistake => {
    const mistake = {
      row,
      predicted: classes[row] as number,
      truth: labels[row] as number,
      probability: confidence[row] as number,
    }
    return image === undefined ? mistake : { ...mistake, picture: exampleImage(x, row, image) }
  })
  return {
    accuracy: (labels.length - wrong.length) / labels.length,
    rows: labels.length,
    classNames: Array.from({ length: numClasses }, (_, i) => names[i] ?? String(i)),
    confusion,
    perClass: perClassAccuracy(confusion),
    mistakes,
    numMistakes: wrong.length,
  }
}

const matrixImages = (name: string, { shape, data }: Tensor, image: ImageShape): FirstLayer => {
  const units = shape[1] as number
  return {
    name,
    units,
    // Unit j is column j.
    pictures: Array.from({ length: Math.min(units, MOST_UNITS) }, (_, j) =>
      weightImage((i) => data[i * units + j] as number, image),
    ),
  }
}

const filterImages = (name: string, { shape, data }: Tensor): FirstLayer | undefined => {
  const [units = 0, channels = 0, height = 0, width = 0] = shape
  if ((channels !== 1 && channels !== 3) || height * width < 4) return undefined
  const size = channels * height * width
  return {
    name,
    units,
    pictures: Array.from({ length: Math.min(units, MOST_UNITS) }, (_, j) =>
      weightImage((i) => data[j * size + i] as number, [channels, height, width]),
    ),
  }
}

/** The first matrix (D, M) whose columns fit the image, or the first filters (F, C, height, width), as images. */
export const examineFirstLayer = ({ params }: Weights, image: ImageShape | undefined): FirstLayer | undefined => {
  const first = Object.entries(params).find(([, { shape }]) => shape.length > 1)
  if (first === undefined) return undefined
  const [name, weight] = first
  if (weight.shape.length === 4) return filterImages(name, weight)
  return image !== undefined && weight.shape.length === 2 && weight.shape[0] === sizeOf(image)
    ? matrixImages(name, weight, image)
    : undefined
}
