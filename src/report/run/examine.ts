import { ArgumentError } from '../../errors/index.ts'
import { scoped } from '../../kernels/index.ts'
import { confusionMatrix, perClassAccuracy } from '../../metrics/index.ts'
import { type Model, saliency, type Weights } from '../../models/index.ts'
import { argmaxRows, gather, type Rows, sizeOf, type Tensor, type Tensors } from '../../tensor/index.ts'
import type { Picture } from '../page/picture.ts'
import { exampleImage, type ImageShape, mapsImage, saliencyImage, weightImage } from './pictures.ts'
import type { ClassesTest, FirstLayer, LayerMaps, Maps, Mistake } from './record.ts'

const MOST_MISTAKES = 24
const MOST_UNITS = 64
const MOST_LAYERS = 24
const MOST_MAPS = 16

/** Each row's most probable class and its probability; of one column, which is yes, yes or no. */
const predictions = ({ shape, data }: Tensor, numClasses: number) => {
  const [rows = 0, columns = 1] = shape
  const table = new Float32Array(rows * numClasses)
  for (let i = 0; i < table.length; i++) {
    if (columns === numClasses) table[i] = data[i] as number
    else {
      const yes = data[Math.floor(i / 2)] as number
      table[i] = i % 2 === 1 ? yes : 1 - yes
    }
  }
  const classes = argmaxRows({ shape: [rows, numClasses], data: table })
  const confidence = Float32Array.from(classes, (best, row) => table[row * numClasses + best] as number)
  return { classes, confidence }
}

/** How much each pixel counts for what the net takes some rows for; undefined where the net does not let that be asked. */
const examineSaliency = (
  model: Model<unknown>,
  weights: Weights,
  x: Rows,
  rows: readonly number[],
  classes: ArrayLike<number>,
  image: ImageShape,
): readonly Picture[] | undefined => {
  if (model.net === undefined || rows.length === 0) return undefined
  // One output says yes or no, and its slope is that of either answer.
  const predicted = rows.map((row) => (model.outShape[0] === 1 ? 0 : (classes[row] as number)))
  try {
    const { data } = scoped(() =>
      saliency(model as Model, weights, gather(x, Int32Array.from(rows), model.dtype), predicted),
    )
    const size = data.length / rows.length
    return rows.map((_, i) => saliencyImage(data.subarray(i * size, (i + 1) * size), image))
  } catch (reason) {
    // A layer of somebody's own that does not say what evaluation is.
    if (reason instanceof ArgumentError) return undefined
    throw reason
  }
}

/** What a net does with examples it has not seen: what it takes for what, and its most confident mistakes. */
export const examineClasses = (
  model: Model<unknown>,
  weights: Weights,
  x: Rows,
  labels: Int32Array,
  probabilities: Tensor,
  image: ImageShape | undefined,
  names: readonly string[] = [],
): Omit<ClassesTest, 'rows' | 'metrics'> => {
  const numClasses = model.task.classes ?? probabilities.shape[1] ?? 0
  const { classes, confidence } = predictions(probabilities, numClasses)
  const confusion = confusionMatrix(classes, labels, numClasses)
  const wrong = Array.from(labels.keys())
    .filter((row) => classes[row] !== labels[row])
    .sort((a, b) => (confidence[b] as number) - (confidence[a] as number))
  const surest = wrong.slice(0, MOST_MISTAKES)
  const salient = image && examineSaliency(model, weights, x, surest, classes, image)
  const mistakes = surest.map((row, i): Mistake => {
    const mistake = {
      row,
      predicted: classes[row] as number,
      truth: labels[row] as number,
      probability: confidence[row] as number,
    }
    const saliency = salient?.[i]
    return image === undefined
      ? mistake
      : { ...mistake, picture: exampleImage(x, row, image), ...(saliency && { saliency }) }
  })
  return {
    kind: 'classes',
    accuracy: (labels.length - wrong.length) / labels.length,
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

const layerMaps = ([name, { shape, data }]: readonly [string, Tensor]): LayerMaps | undefined => {
  const [, channels = 0, height = 0, width = 0] = shape
  if (shape.length !== 4 || height * width < 4) return undefined
  const shown = Math.min(channels, MOST_MAPS)
  return { name, channels, shown, picture: mapsImage(data, shown, height, width) }
}

/** What leaves each layer whose outputs are images, for the first of some rows; undefined where none does. */
export const examineMaps = (
  activations: ((weights: Weights, x: Tensor) => Tensors) | undefined,
  model: Model<unknown>,
  weights: Weights,
  rows: Rows,
  image: ImageShape | undefined,
): Maps | undefined => {
  if (activations === undefined || image === undefined) return undefined
  const layers = scoped(() =>
    Object.entries(activations(weights, gather(rows, Int32Array.of(0), model.dtype))).flatMap(
      (layer) => layerMaps(layer) ?? [],
    ),
  )
  return layers.length === 0
    ? undefined
    : { example: exampleImage(rows, 0, image), layers: layers.slice(0, MOST_LAYERS) }
}
