import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { loadBlas } from '../../src/kernels/blas.ts'
import type { Kernels } from '../../src/kernels/kernels.ts'
import { relaxedSupported, wasmKernels } from '../../src/kernels/wasm.ts'
import { cases, type KernelName, ordinaryPlace } from './cases.ts'

// Large enough that every kernel that can be shared is cut into parts, and of no round size.
const ROWS = 331
const COLUMNS = 467

const names = Object.keys(cases) as KernelName[]
const bits = (kernels: Kernels, name: KernelName): string => {
  const hash = createHash('sha256')
  for (const result of cases[name](kernels, ordinaryPlace, ROWS, COLUMNS)) {
    hash.update(new Uint8Array((typeof result === 'number' ? Float64Array.of(result) : result).buffer))
  }
  return hash.digest('hex')
}

const variants = ['strict', ...(relaxedSupported() ? (['relaxed'] as const) : [])] as const

describe.each(variants)('wasm %s gives the same bits with 1, 2 and 3 threads', { timeout: 60_000 }, (variant) => {
  const alone = wasmKernels(variant, 1)

  test.each(names)('%s', (name) => {
    const expected = bits(alone, name)
    for (const threads of [2, 3]) expect(bits(wasmKernels(variant, threads), name)).toBe(expected)
  })
})

test('the description says how many threads there are at most', () => {
  expect(wasmKernels('strict', 1).description).toBe('wasm (SIMD)')
  expect(wasmKernels('strict', 3).description).toBe('wasm (SIMD, up to 3 threads)')
})

const blas = loadBlas('strict', 2)

// Whether a thread is there in time, or whether the pool stands back, must not change how a product is cut.
test.skipIf(E.isLeft(blas))(
  `blas with 2 threads gives the same bits each time${E.isLeft(blas) ? ` (left out: ${blas.left})` : ''}`,
  { timeout: 60_000 },
  () => {
    if (E.isLeft(blas)) return
    const expected = bits(blas.right, 'matmul')
    for (let i = 0; i < 10; i++) expect(bits(blas.right, 'matmul')).toBe(expected)
  },
)
