import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, test } from 'vitest'
import { loadBlas } from '../../src/kernels/blas.ts'
import { strict } from '../../src/kernels/generated.ts'
import { allocate, openHeap, release } from '../../src/kernels/heap.ts'
import type { Kernels } from '../../src/kernels/kernels.ts'
import { type Call, openPool } from '../../src/kernels/pool.ts'
import { relaxedSupported } from '../../src/kernels/relaxedSupported.ts'
import { type KernelName, kernelNames, signatures } from '../../src/kernels/signatures.ts'
import { unpacked } from '../../src/kernels/unpacked.ts'
import { importsOf } from '../../src/kernels/wasm.ts'
import { windowKernels } from '../../src/kernels/windows.ts'
import { right } from '../support.ts'
import { withBackend } from '../where.ts'
import { cases, heapPlace, openedWasm, ordinaryPlace, releaseAll } from './cases.ts'
import { compare } from './compare.ts'

// Large enough that every kernel that can be shared is cut into parts, and of no round size. A product is cut along its
// longer side, so it has both forms.
const WIDE = [331, 467] as const
const TALL = [467, 331] as const

// Images: rows, channels and elements of a channel.
const PLANES = [23, 33, 307] as const
// Planes, and their width.
const WINDOWS = [331, 41] as const
// Images, and three less than their width: a convolution is cut by its groups, however small.
const IMAGES = [23, 41] as const

const shapeOf = (name: KernelName) => (windowNames.includes(name) ? WINDOWS : name.startsWith('convol') ? IMAGES : WIDE)

const windowNames: readonly string[] = Object.keys(windowKernels)
const innerNames = kernelNames.filter((name) => (signatures[name] as readonly string[]).includes('inner'))

const bits = (
  kernels: Kernels,
  name: KernelName,
  [rows, columns, inner]: readonly [number, number, number?],
  place = ordinaryPlace,
): string => {
  const hash = createHash('sha256')
  for (const result of cases[name](kernels, place, rows, columns, inner)) {
    hash.update(
      new Uint8Array((typeof result === 'number' ? Float64Array.of(result) : Float32Array.from(result)).buffer),
    )
  }
  return hash.digest('hex')
}

afterEach(releaseAll)

const variants = ['strict', ...(relaxedSupported() ? (['relaxed'] as const) : [])] as const

describe.each(variants)('wasm %s gives the same bits with 1, 2 and 3 threads', { timeout: 60_000 }, (variant) => {
  const alone = openedWasm(variant, 1)
  const problems = [
    ...kernelNames.map((name) => [name, shapeOf(name)] as const),
    ['matmul', TALL] as const,
    ...innerNames.map((name) => [name, PLANES] as const),
  ]

  test.each(problems)('%s of %j', (name, shape) => {
    const expected = bits(alone, name, shape)
    for (const threads of [2, 3]) {
      const shared = openedWasm(variant, threads)
      for (const place of [ordinaryPlace, heapPlace]) expect(bits(shared, name, shape, place)).toBe(expected)
    }
  })

  test('allWithin finds a bad element in whichever part it is', () => {
    const x = allocate('float32', 100_003).fill(1)
    try {
      for (const threads of [1, 2, 3]) {
        const { allWithin } = openedWasm(variant, threads)
        for (const at of [0, 20_000, 50_001, 80_000, 100_002]) {
          x[at] = Number.NaN
          expect(allWithin(x, 1e30)).toBe(0)
          x[at] = 1
          expect(allWithin(x, 1e30)).toBe(1)
        }
      }
    } finally {
      release(x)
    }
  })
})

test('another thread runs a part: part 0 waits here until it sees what part 1 has written', () => {
  const module = new WebAssembly.Module(unpacked(strict))
  const { memory } = right(openHeap())
  const { add } = new WebAssembly.Instance(module, importsOf(memory)).exports as { add: Call }
  const [x, y] = [allocate('float32', 8).fill(1.5), allocate('float32', 8)]
  const seen = new Int32Array(y.buffer, y.byteOffset, 8)
  let here = 0
  const addHere: Call = (...numbers) => {
    here++
    const deadline = Date.now() + 200
    while (Atomics.load(seen, 7) === 0 && Date.now() < deadline);
    return add(...numbers)
  }
  const pool = openPool(2, { memory, module, names: ['add'], blas: undefined }, [addHere])
  // The first calls find no thread yet, and run both parts here.
  for (let calls = 0; calls < 100 && here !== 1; calls++) {
    y.fill(0)
    here = 0
    pool.share(0, 8, 4, 4, (from, count) => {
      const at = x.byteOffset + 4 * from
      return [at, at, y.byteOffset + 4 * from, count]
    })
    expect(Array.from(y)).toEqual(Array(8).fill(3))
  }
  expect(here).toBe(1)
  release(x)
  release(y)
}, 60_000)

test('the description says how many threads there are at most', () => {
  expect(openedWasm('strict', 1).description).toBe('wasm (SIMD)')
  expect(openedWasm('strict', 3).description).toBe('wasm (SIMD, up to 3 threads)')
})

const blas = loadBlas('strict', 2)

// Whether a thread is there in time, or whether the pool stands back, must not change how a product is cut.
withBackend('blas', E.isRight(blas)).describe('blas with 2 threads', { timeout: 60_000 }, () => {
  const kernels = E.isRight(blas) ? blas.right : openedWasm('strict', 1)

  test.each([{ shape: WIDE }, { shape: TALL }])(
    'matmul of $shape gives the same bits each time, and the numbers of js',
    ({ shape }) => {
      const [rows, columns] = shape
      compare('matmul', kernels, ordinaryPlace, rows, columns)
      const expected = bits(kernels, 'matmul', shape)
      for (let i = 0; i < 5; i++) expect(bits(kernels, 'matmul', shape)).toBe(expected)
    },
  )
})
