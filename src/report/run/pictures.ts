import { type Rows, type Shape, sizeOf } from '../../tensor/index.ts'
import type { Picture } from '../page/picture.ts'

/** Channels, height and width of an image. */
export type ImageShape = readonly [channels: 1 | 3, height: number, width: number]

// Smaller squares are more likely to be no images.
const SMALLEST = 8

const squareSide = (size: number): number | undefined => {
  const side = Math.round(Math.sqrt(size))
  return side * side === size && side >= SMALLEST ? side : undefined
}

/**
 * How an example of this shape is seen as an image, or undefined: (1, h, w), (3, h, w), (h, w), a row of s² grey pixels or of
 * 3·s² coloured ones, one plane after the other.
 *
 * @example imageShapeOf([784])   // [1, 28, 28]
 */
export const imageShapeOf = (shape: Shape): ImageShape | undefined => {
  const [first = 0, second = 0, third = 0] = shape
  if (shape.length === 3 && (first === 1 || first === 3) && Math.min(second, third) >= SMALLEST)
    return [first, second, third]
  if (shape.length === 2 && Math.min(first, second) >= SMALLEST) return [1, first, second]
  if (shape.length !== 1) return undefined
  const grey = squareSide(first)
  if (grey !== undefined) return [1, grey, grey]
  const side = first % 3 === 0 ? squareSide(first / 3) : undefined
  return side === undefined ? undefined : [3, side, side]
}

/** A picture of the values of planes, each mapped to a byte. */
const paint = (
  [channels, height, width]: ImageShape,
  at: (i: number) => number,
  toByte: (value: number) => number,
): Picture => {
  const size = height * width
  const pixels = new Uint8Array(size * channels)
  for (let c = 0; c < channels; c++) for (let i = 0; i < size; i++) pixels[i * channels + c] = toByte(at(c * size + i))
  return { width, height, channels, pixels }
}

/** From the smallest of some values, black, to the largest, white. */
const greyOf = (low: number, high: number): ((value: number) => number) =>
  high > low ? (v) => clamp((255 * (v - low)) / (high - low)) : () => 0

const clamp = (value: number): number => Math.max(0, Math.min(255, Math.round(value)))

const boundsOf = (values: ArrayLike<number>): readonly [low: number, high: number] => {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i] as number)
    high = Math.max(high, values[i] as number)
  }
  return [low, high]
}

/** Row i of a data set: bytes as they are, numbers from the image's smallest to its largest. */
export const exampleImage = (rows: Rows, row: number, shape: ImageShape): Picture => {
  const size = sizeOf(shape)
  const values = rows.data.subarray(row * size, (row + 1) * size)
  const at = (i: number): number => values[i] as number
  if (values instanceof Uint8Array) return paint(shape, at, (v) => v)
  return paint(shape, at, greyOf(...boundsOf(values)))
}

/** The weights of one unit: middle grey is 0, its largest weight white or black. */
export const weightImage = (at: (i: number) => number, shape: ImageShape): Picture => {
  let largest = 0
  for (let i = 0; i < sizeOf(shape); i++) largest = Math.max(largest, Math.abs(at(i)))
  return paint(shape, at, (w) => (largest === 0 ? 128 : clamp(127.5 + (127.5 * w) / largest)))
}

/** How much each pixel of an image counts, the largest of its channels: from none, black, to most, white. */
export const saliencyImage = (values: ArrayLike<number>, [channels, height, width]: ImageShape): Picture => {
  const size = height * width
  const strongest = Array.from({ length: size }, (_, i) => {
    let most = 0
    for (let c = 0; c < channels; c++) most = Math.max(most, values[c * size + i] as number)
    return most
  })
  return paint([1, height, width], (i) => strongest[i] as number, greyOf(0, boundsOf(strongest)[1]))
}

/** The first `count` maps of (C, height, width) beside each other, a pixel apart, all in the same greys. */
export const mapsImage = (maps: ArrayLike<number>, count: number, height: number, width: number): Picture => {
  const shown = Array.from({ length: count * height * width }, (_, i) => maps[i] as number)
  const toByte = greyOf(...boundsOf(shown))
  const across = count * (width + 1) - 1
  const pixels = new Uint8Array(height * across)
  for (let map = 0; map < count; map++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const value = shown[(map * height + row) * width + column] as number
        pixels[row * across + map * (width + 1) + column] = toByte(value)
      }
    }
  }
  return { width: across, height, channels: 1, pixels }
}
