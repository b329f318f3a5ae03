import { checkArgument, isRecord, positiveInteger, requirement } from '../../errors/index.ts'
import type { Picture } from './picture.ts'

// Bound once: where tests have a realm of their own (Jest), each look-up of a global costs microseconds.
const { abs, max, min, floor, round } = Math

const isSide = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 2 ** 14

/** Pixels of a side, or [height, width]. */
export type Size = number | readonly [height: number, width: number]

export const sizeRequirement = requirement<Size>(
  'pixels of a side, e.g. 64, or [height, width], each from 1 to 16384',
  (v) => isSide(v) || (Array.isArray(v) && v.length === 2 && v.every(isSide)),
)

export const heightAndWidth = (given: Size): readonly [height: number, width: number] =>
  typeof given === 'number' ? [given, given] : given

/** Which inputs an output is the mean of, and how much each counts. */
interface Taps {
  readonly first: number
  readonly weights: Float64Array
}

/** A triangle over each output's place, as wide as a step of the inputs or of the outputs, whichever is larger. */
const tapsOf = (from: number, to: number): readonly Taps[] => {
  const scale = from / to
  const reach = max(1, scale)
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale
    const first = max(0, floor(centre - reach + 0.5))
    const last = min(from, floor(centre + reach + 0.5))
    const weights = Float64Array.from({ length: last - first }, (_, k) =>
      max(0, 1 - abs((first + k + 0.5 - centre) / reach)),
    )
    const sum = weights.reduce((a, b) => a + b, 0)
    return { first, weights: weights.map((weight) => weight / sum) }
  })
}

/** Lines of numbers become lines of other length; number k of line l lies at l·stride + k·step. */
const resample = (
  source: Uint8Array,
  target: Uint8Array,
  taps: readonly Taps[],
  lines: number,
  [stride, step]: readonly [number, number],
  [strideOut, stepOut]: readonly [number, number],
): void => {
  taps.forEach(({ first, weights }, i) => {
    for (let line = 0; line < lines; line++) {
      let sum = 0
      for (let k = 0; k < weights.length; k++) {
        sum += (weights[k] as number) * (source[line * stride + (first + k) * step] as number)
      }
      target[line * strideOut + i * stepOut] = round(sum)
    }
  })
}

const aPicture = requirement<Picture>(
  'bytes in planes, { channels, height, width, data }',
  (value) =>
    isRecord(value) &&
    [value.channels, value.height, value.width].every(positiveInteger.holds) &&
    value.data instanceof Uint8Array &&
    value.data.length === Number(value.channels) * Number(value.height) * Number(value.width),
)

/**
 * A picture of another size: each pixel is a mean of those around its place, weighted by a triangle (bilinear, with antialiasing where
 * it becomes smaller); proportions are not kept
 *
 * @param picture  bytes in planes, e.g. of `decodePicture`
 * @param size     pixels of a side, or [height, width], integers ≥ 1
 * @returns        the same channels; the picture itself where it has that size
 * @throws         ArgumentError for another size
 * @example        resizePicture({ channels: 1, height: 1, width: 4, data: new Uint8Array([0, 100, 200, 200]) }, [1, 2]).data   // Uint8Array [71, 186]
 * @see            Pillow, Image.resize with Resampling.BILINEAR: the same weights
 */
export const resizePicture = (picture: Picture, size: Size): Picture => {
  checkArgument('resizePicture', 'size', size, sizeRequirement)
  checkArgument('resizePicture', 'picture', picture, aPicture)
  const [height, width] = heightAndWidth(size)
  if (height === picture.height && width === picture.width) return picture
  const { channels } = picture
  const wide = new Uint8Array(channels * picture.height * width)
  const rows = channels * picture.height
  resample(picture.data, wide, tapsOf(picture.width, width), rows, [picture.width, 1], [width, 1])
  const data = new Uint8Array(channels * height * width)
  const taps = tapsOf(picture.height, height)
  for (let c = 0; c < channels; c++) {
    const [from, to] = [wide.subarray(c * picture.height * width), data.subarray(c * height * width)]
    resample(from, to, taps, width, [1, width], [1, width])
  }
  return { channels, height, width, data }
}
