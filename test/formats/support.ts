import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { expect } from 'vitest'
import { FormatError } from '../../src/formats/index.ts'
import { type Dtype, type Tensor, type Tensors, tensor } from '../../src/tensor/index.ts'

/** A file that Python wrote: see fixtures/make.py. */
export const fixture = (file: string): Uint8Array => readFileSync(new URL(`./fixtures/${file}`, import.meta.url))

type Told = Readonly<Record<string, { readonly shape: number[]; readonly data: (number | string)[] }>>

const WIDE = ['b1', 'int32', 'uint32', 'int64', 'uint64']

/** What is in Python's files, in the precision that we read it in. */
export const expected = (): Tensors => {
  const told = JSON.parse(new TextDecoder().decode(fixture('expected.json'))) as Told
  return Object.fromEntries(
    Object.entries(told).map(([name, { shape, data }]) => {
      const dtype: Dtype = WIDE.includes(name) ? 'float64' : 'float32'
      return [name, tensor(shape, data.map(Number), dtype)]
    }),
  )
}

/** The message of a left FormatError, after checking that it is one line. */
export const faultOf = (result: E.Either<Error, unknown>): string => {
  if (E.isRight(result)) throw new Error('an error was expected')
  expect(result.left).toBeInstanceOf(FormatError)
  expect(result.left.message).not.toMatch(/[\r\n]/)
  return result.left.message
}

/** Each beginning of some bytes but the whole. */
export const truncations = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: bytes.length }, (_, length) => bytes.slice(0, length))

/** The bytes with each single bit flipped. */
export const flips = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: 8 * bytes.length }, (_, bit) => {
    const flipped = bytes.slice()
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
    return flipped
  })

/** Up to three axes, which may have no length, of any numbers. */
export const anyTensor: fc.Arbitrary<Tensor> = fc
  .tuple(fc.array(fc.nat(3), { maxLength: 3 }), fc.constantFrom<Dtype>('float32', 'float64'))
  .chain(([shape, dtype]) => {
    const size = shape.reduce((product, d) => product * d, 1)
    return fc
      .array(dtype === 'float32' ? fc.float() : fc.double(), { minLength: size, maxLength: size })
      .map((data) => tensor(shape, data, dtype))
  })
