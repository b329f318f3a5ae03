import { philox4x32 } from '../../kernels/index.ts'
import type { Key } from '../../random/index.ts'

// Bound once: where tests have a realm of their own (Jest), each look-up of a global costs microseconds.
const { sqrt } = Math

/** The random numbers of one image, in order: a fresh `draws(key)` repeats them. */
export interface Draws {
  /** In [low, high). */
  uniform(low: number, high: number): number
  /** Bell-shaped, mean 0, standard deviation `std`, never beyond 3.5 of it: four uniforms added need no logarithm. */
  bell(std: number): number
  /** A 32-bit word. */
  word(): number
}

const ROOT3 = sqrt(3)

export const draws = (key: Key): Draws => {
  const words = new Uint32Array(4)
  let block = 0
  let used = 4
  const word = (): number => {
    if (used === 4) {
      philox4x32(block++, 0, 0, 0, key[0], key[1], words)
      used = 0
    }
    return words[used++] as number
  }
  const unit = (): number => word() / 4294967296
  return {
    uniform: (low, high) => low + unit() * (high - low),
    bell: (std) => (unit() + unit() + unit() + unit() - 2) * ROOT3 * std,
    word,
  }
}
