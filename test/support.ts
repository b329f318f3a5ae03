import { readFileSync } from 'node:fs'
import * as Either from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type BackendName, backend, backendNames, useBackend } from '../src/kernels/index.ts'
import { key, normal } from '../src/random/index.ts'
import { type Dtype, dtypeOf, type Shape, type Tensor, type Tensors, tensor } from '../src/tensor/index.ts'
import { withBackend } from './where.ts'

// ---- golden values: test/golden/*.json, written by test/golden/golden.py ----

type Fields = Readonly<Record<string, unknown>>

export interface GoldenCase {
  readonly name: string
  readonly inputs: Fields
  readonly outputs: Fields
}

export interface GoldenFile {
  readonly cases: readonly GoldenCase[]
  readonly sequences?: Fields
}

export const golden = (file: string): GoldenFile =>
  JSON.parse(readFileSync(new URL(`./golden/${file}.json`, import.meta.url), 'utf8')) as GoldenFile

export const goldenCase = (file: string, name: string): GoldenCase => {
  const found = golden(file).cases.find((c) => c.name === name)
  if (found === undefined) throw new Error(`golden/${file}.json has no case ${name}`)
  return found
}

type Stored = { readonly shape: number[]; readonly data: number[] }

export const isStored = (value: unknown): value is Stored =>
  typeof value === 'object' && value !== null && 'shape' in value && 'data' in value

export const tensorFrom = (value: unknown, dtype: Dtype): Tensor => {
  if (!isStored(value)) throw new Error(`a golden tensor was expected, but got ${JSON.stringify(value)}`)
  return tensor(value.shape, value.data, dtype)
}

/** The named fields as tensors of one precision. */
export const tensorsOf = <N extends string>(fields: Fields, dtype: Dtype, ...names: N[]): Record<N, Tensor> =>
  Object.fromEntries(names.map((name) => [name, tensorFrom(fields[name], dtype)])) as Record<N, Tensor>

/** All fields as tensors of one precision. */
export const allTensors = (fields: unknown, dtype: Dtype): Tensors =>
  tensorsOf(fields as Fields, dtype, ...Object.keys(fields as Fields))

// ---- comparison ----

export type ErrorMeasure = (actual: number, expected: number) => number

/** The measure of gradient checks: relative for large numbers, absolute for small ones. */
export const mixedError: ErrorMeasure = (a, e) => Math.abs(a - e) / (1 + Math.abs(a) + Math.abs(e))
export const relativeError: ErrorMeasure = (a, e) => (a === e ? 0 : Math.abs(a - e) / Math.abs(e))

type Numbers = number | ArrayLike<number> | Stored | Tensor

const listOf = (value: Numbers): ArrayLike<number> =>
  typeof value === 'number' ? [value] : 'data' in value ? value.data : value

/** Fails with the worst place when an element is further off than the tolerance, or when shapes differ. */
export const close = (
  actual: Numbers,
  expected: Numbers,
  tolerance: number,
  what = 'value',
  measure = mixedError,
): void => {
  if (typeof actual === 'object' && 'shape' in actual && typeof expected === 'object' && 'shape' in expected) {
    expect(actual.shape, `shape of ${what}`).toEqual(expected.shape)
  }
  const [a, e] = [listOf(actual), listOf(expected)]
  expect(a.length, `number of elements of ${what}`).toBe(e.length)
  let worst = 0
  let error = 0
  for (let i = 0; i < e.length && !Number.isNaN(error); i++) {
    const next = measure(a[i] as number, e[i] as number)
    if (next <= error) continue
    error = next
    worst = i
  }
  if (!(error <= tolerance)) {
    throw new Error(
      `${what}: element ${worst} is ${a[worst]}, expected ${e[worst]}: off by ${error}, more than ${tolerance}`,
    )
  }
}

/** Compares each golden output with the result of that name; a result that is missing fails. */
export const closeAll = (actual: Readonly<Record<string, Numbers>>, expected: Fields, tolerance: number): void => {
  for (const [name, value] of Object.entries(expected)) {
    const own = actual[name]
    if (own === undefined) throw new Error(`nothing to compare with the golden ${name}`)
    close(own, value as Numbers, tolerance, name)
  }
}

/** The bits of tensors, for comparisons that tell −0 from 0. */
export const bitsOf = (tensors: Tensors): Record<string, string> =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => {
      const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
      return [name, `${dtypeOf({ shape, data })} ${shape.join('×')} ${bytes.toString('base64')}`]
    }),
  )

// ---- backends ----

export interface Run {
  readonly title: string
  readonly dtype: Dtype
  readonly tolerance: number
}

const attempts = (): readonly { readonly name: BackendName; readonly isThere: boolean }[] => {
  const before = backend().name
  const found = backendNames.map((name) => {
    const result = useBackend(name)
    // Without relaxed SIMD, wasm is wasm-strict.
    return { name, isThere: Either.isRight(result) && result.right.name === name }
  })
  useBackend(before)
  return found
}

/** The same tests with each backend; one that this machine does not have is left out. */
export const eachBackend = (
  body: (name: BackendName) => void,
  { only }: { readonly only?: readonly BackendName[] } = {},
): void => {
  for (const { name, isThere } of attempts().filter((b) => only?.includes(b.name) ?? true)) {
    withBackend(name, isThere).describe(name, () => {
      let before: BackendName
      beforeAll(() => {
        before = backend().name
        useBackend(name)
      })
      afterAll(() => {
        useBackend(before)
      })
      body(name)
    })
  }
}

/** float64, which runs in plain loops whatever the backend, then float32 with each backend. */
export const eachRun = (body: (run: Run) => void): void => {
  describe('float64', () => body({ title: 'float64', dtype: 'float64', tolerance: 1e-12 }))
  describe('float32', () =>
    eachBackend((name) => body({ title: `float32 ${name}`, dtype: 'float32', tolerance: 1e-5 })))
}

// ---- small helpers ----

export const right = <A>(result: Either.Either<unknown, A>): A => {
  if (Either.isLeft(result)) throw new Error(`expected a right, but got left: ${String(result.left)}`)
  return result.right
}

/** The one-line message of a left. */
export const leftMessage = (result: Either.Either<Error, unknown>): string => {
  if (Either.isRight(result)) throw new Error('expected a left')
  expect(result.left.message).not.toContain('\n')
  return result.left.message
}

export const random = (seed: number, shape: Shape, dtype: Dtype = 'float64'): Tensor =>
  normal(key(seed), shape, 1, dtype)
