import { PIXELS } from './cifar10/cifarFiles.ts'

// Bound once: where tests have a realm of their own (Jest), each look-up of a global costs microseconds.
const { sqrt } = Math

/** What is subtracted from each of an image's bytes, and what multiplies the difference. */
export interface Preprocessing {
  readonly mean: Float32Array
  readonly scale: Float32Array
}

const PLANE = PIXELS / 3

const constant = (value: number): Float32Array => new Float32Array(PIXELS).fill(value)

/** Bytes as they are. */
const none = (): Preprocessing => ({ mean: constant(0), scale: constant(1) })

/** The mean image of these images is subtracted. */
const subtractMean = (pixels: Uint8Array): Preprocessing => {
  // Whole numbers below 2⁵³: the sums are exact.
  const sums = new Float64Array(PIXELS)
  for (let at = 0; at < pixels.length; at += PIXELS) {
    for (let j = 0; j < PIXELS; j++) sums[j] = (sums[j] as number) + (pixels[at + j] as number)
  }
  return { mean: Float32Array.from(sums, (sum) => (sum * PIXELS) / pixels.length), scale: constant(1) }
}

/** How often each byte occurs in one colour plane of these images. */
const histogram = (pixels: Uint8Array, plane: number): Float64Array => {
  const counts = new Float64Array(256)
  for (let at = plane * PLANE; at < pixels.length; at += PIXELS) {
    for (let j = at; j < at + PLANE; j++) {
      const byte = pixels[j] as number
      counts[byte] = (counts[byte] as number) + 1
    }
  }
  return counts
}

/** Each colour has mean 0 and standard deviation 1 over all pixels of these images; one that is constant becomes 0. */
const standardize = (pixels: Uint8Array): Preprocessing => {
  const mean = constant(0)
  const scale = constant(1)
  for (let plane = 0; plane < 3; plane++) {
    const counts = histogram(pixels, plane)
    const total = pixels.length / 3
    const middle = counts.reduce((sum, count, byte) => sum + count * byte, 0) / total
    const variance = counts.reduce((sum, count, byte) => sum + count * (byte - middle) ** 2, 0) / total
    const [from, to] = [plane * PLANE, (plane + 1) * PLANE]
    mean.fill(middle, from, to)
    if (variance > 0) scale.fill(1 / sqrt(variance), from, to)
  }
  return { mean, scale }
}

/** What can be done with images (N, 3, 32, 32), by statistics of the training images. */
export const preprocessings = { subtractMean, standardize, none }

export type PreprocessName = keyof typeof preprocessings
