import { expect } from 'vitest'
import { jsKernels } from '../../src/kernels/js.ts'
import type { Kernels } from '../../src/kernels/kernels.ts'
import type { KernelName } from '../../src/kernels/signatures.ts'
import { cases, ordinaryPlace, type Place } from './cases.ts'

/** Within 1e-5 of the other, relative to it or to `unit` where terms cancel. */
export const expectClose = (
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  unit: number,
  where: string,
): void => {
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i] as number, expected[i] as number]
    if (Object.is(a, e) || (Number.isNaN(a) && Number.isNaN(e))) continue
    if (!(Math.abs(a - e) <= 1e-5 * Math.max(Math.abs(e), unit))) {
      throw new Error(`${where}: element ${i} is ${a}, expected ${e}`)
    }
  }
  expect(actual.length).toBe(expected.length)
}

const listOf = (result: Float32Array | number): ArrayLike<number> => (typeof result === 'number' ? [result] : result)

// Sums of products of up to 16 that cancel; everything else is near 1.
const unitOf = (name: KernelName, rows: number, columns: number): number => {
  if (name === 'matmul') return 16 * Math.sqrt(rows + 2 * columns)
  // Of 9 times 17 channels; of the weights' gradient, of all places.
  if (name === 'convolve') return 16 * Math.sqrt(153)
  return name === 'convolutionGradients' ? 16 * Math.sqrt(Math.max(153, rows * 6 * (columns + 3))) : 1
}

/** A kernel's case by these kernels and by js. */
export const compare = (
  name: KernelName,
  kernels: Kernels,
  place: Place,
  rows: number,
  columns: number,
  inner = 1,
): void => {
  const expected = cases[name](jsKernels, ordinaryPlace, rows, columns, inner)
  const actual = cases[name](kernels, place, rows, columns, inner)
  expect(actual.length).toBe(expected.length)
  expected.forEach((e, i) => {
    const where = `${name} of ${rows}×${columns}×${inner}, output ${i}`
    expectClose(listOf(actual[i] as Float32Array | number), listOf(e), unitOf(name, rows, columns), where)
  })
}
