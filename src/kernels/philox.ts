// Bound once: where tests have a realm of their own (Jest), each look-up of a global costs microseconds.
const { imul } = Math

/**
 * Philox4x32-10: ten rounds that turn a 128-bit counter and a 64-bit key into four random 32-bit words.
 *
 * @see Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011
 */

const M0 = 0xd2511f53
const M1 = 0xcd9e8d57
const W0 = 0x9e3779b9
const W1 = 0xbb67ae85

// High 32 bits of a 32×32-bit product by 16-bit halves: no sum here exceeds 32 bits.
const mulHigh = (a: number, b: number): number => {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const middle = (imul(aHigh, bLow) + (imul(aLow, bLow) >>> 16)) >>> 0
  const cross = (imul(aLow, bHigh) + (middle & 0xffff)) >>> 0
  return (imul(aHigh, bHigh) + (middle >>> 16) + (cross >>> 16)) >>> 0
}

/** Writes the four words of counter (c0, c1, c2, c3) under key (k0, k1) to out[at … at + 3]. */
export const philox4x32 = (
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Uint32Array,
  at = 0,
): void => {
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(M0, c0)
    const low0 = imul(M0, c0)
    const high1 = mulHigh(M1, c2)
    const low1 = imul(M1, c2)
    c0 = (high1 ^ c1 ^ k0) >>> 0
    c1 = low1 >>> 0
    c2 = (high0 ^ c3 ^ k1) >>> 0
    c3 = low0 >>> 0
    k0 = (k0 + W0) >>> 0
    k1 = (k1 + W1) >>> 0
  }
  out[at] = c0
  out[at + 1] = c1
  out[at + 2] = c2
  out[at + 3] = c3
}
