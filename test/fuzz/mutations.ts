import type { Draw } from './draw.ts'

/** Makes a file of the valid ones. */
export type Mutation = (draw: Draw, seeds: readonly Uint8Array[]) => Uint8Array

/** What a length or a count should never be: nothing, −1, and powers of two at which a type ends. */
export const EXTREMES = [0n, -1n, 1n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 40n, 2n ** 53n, 2n ** 63n - 1n]

/** Bytes of every length from 0 to 4095, short ones more often. */
const noise: Mutation = (draw) => draw.bytes(draw.below(2 ** draw.below(13)))

/** A seed of which 1, 2, 4 … 64 bits are turned. */
const flip: Mutation = (draw, seeds) => {
  const bytes = Uint8Array.from(draw.oneOf(seeds))
  for (let flips = 2 ** draw.below(7); flips > 0; flips--) {
    const at = draw.below(bytes.length)
    bytes[at] = (bytes[at] as number) ^ (1 << draw.below(8))
  }
  return bytes
}

/** The beginning of a seed and the end of a seed. */
const splice: Mutation = (draw, seeds) => {
  const [first, second] = [draw.oneOf(seeds), draw.oneOf(seeds)]
  return Buffer.concat([
    first.subarray(0, draw.below(first.length + 1)),
    second.subarray(draw.below(second.length + 1)),
  ])
}

/** An extreme number in 1, 2, 4 or 8 bytes. */
const binary = (draw: Draw): Uint8Array => {
  const width = draw.oneOf([1, 2, 4, 8])
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt.asUintN(64, draw.oneOf(EXTREMES)))
  const number = bytes.subarray(0, width)
  return draw.below(2) === 0 ? number : number.reverse()
}

/** A seed with an extreme number somewhere. */
const field: Mutation = (draw, seeds) => {
  const bytes = Uint8Array.from(draw.oneOf(seeds))
  const number = binary(draw).subarray(0, bytes.length)
  bytes.set(number, draw.below(bytes.length - number.length + 1))
  return bytes
}

/** An extreme number as a text: decimal, octal, with an exponent, or none. */
export const numeral = (draw: Draw): string => {
  const value = draw.oneOf(EXTREMES)
  return draw.oneOf([`${value}`, value.toString(8), `${value}e999`, `${value}.5`, 'NaN', '9'.repeat(draw.below(400))])
}

/** A seed in which digits are replaced by another numeral, so that all behind them moves. */
const digits: Mutation = (draw, seeds) => {
  const text = Buffer.from(draw.oneOf(seeds)).toString('latin1')
  const runs = [...text.matchAll(/\d+/g)]
  const run = runs.length === 0 ? undefined : draw.oneOf(runs)
  const from = run?.index ?? draw.below(text.length)
  return Buffer.from(text.slice(0, from) + numeral(draw) + text.slice(from + (run?.[0].length ?? 0)), 'latin1')
}

/** What can be done to files of every kind. */
export const mutations: Readonly<Record<string, Mutation>> = { noise, flip, splice, field, digits }
