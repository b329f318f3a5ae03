import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, test } from 'vitest'
import { loadBlas } from '../../src/kernels/blas.ts'
import { heapBytesInUse } from '../../src/kernels/heap.ts'
import { jsKernels } from '../../src/kernels/js.ts'
import type { Kernels } from '../../src/kernels/kernels.ts'
import { relaxedSupported } from '../../src/kernels/relaxedSupported.ts'
import { kernelNames, signatures } from '../../src/kernels/signatures.ts'
import { withBackend } from '../where.ts'
import { cases, fractions, heapPlace, numbers, openedWasm, ordinaryPlace, releaseAll } from './cases.ts'
import { compare, expectClose } from './compare.ts'

afterEach(releaseAll)

// 131 columns are more than a panel of 128 (assembly/columns.ts).
const sizes = [0, 1, 3, 4, 5, 17, 64, 67, 100, 131]

// Elementwise with one output, or row by row.
const inPlaceNames = kernelNames.filter((name) => {
  const [sharing, ...roles]: readonly string[] = signatures[name]
  const outs = roles.filter((role) => role === 'out').length
  return (sharing === 'elements' && outs === 1 && roles.includes('in')) || /^add.*Bias/.test(name)
})

const innerNames = kernelNames.filter((name) => (signatures[name] as readonly string[]).includes('inner'))

const variants = ['strict', ...(relaxedSupported() ? (['relaxed'] as const) : [])] as const

describe.each(variants)('wasm %s against js', (variant) => {
  const kernels = openedWasm(variant)

  test.each(kernelNames)('%s over every size, on the heap', (name) => {
    // A label needs a column.
    const widths = name.endsWith('Loss') ? sizes.slice(1) : sizes
    for (const columns of widths) for (const rows of [0, 1, 3, 10]) compare(name, kernels, heapPlace, rows, columns)
  })

  test.each(innerNames)('%s where a column has several elements a row', (name) => {
    for (const inner of [2, 3, 4, 7, 63, 64]) {
      for (const columns of [1, 3, 17]) {
        for (const rows of [1, 2, 5]) compare(name, kernels, heapPlace, rows, columns, inner)
      }
    }
  })

  test.each(kernelNames)('%s over ordinary arrays, which leave nothing on the heap', (name) => {
    compare(name, kernels, ordinaryPlace, 5, 17)
    const before = heapBytesInUse()
    for (const rows of [1, 5]) compare(name, kernels, ordinaryPlace, rows, 17)
    expect(heapBytesInUse()).toBe(before)
  })

  test('matmul over tails in every direction and several blocks', () => {
    const shapes = [
      ...[1, 2, 4, 5, 6, 7, 11, 12, 13].flatMap((m) => [1, 3, 4, 5, 8, 9, 12, 13, 16].map((n) => [m, n, 9])),
      [200, 30, 600],
      [30, 530, 257],
      [7, 10, 1000],
    ]
    for (const [m, n, k] of shapes as [number, number, number][]) {
      const [a, b] = [numbers(m * k, 1), numbers(k * n, 2)]
      for (const transA of [false, true]) {
        for (const transB of [false, true]) {
          const expected = new Float64Array(m * n)
          jsKernels.matmul(transA, transB, m, n, k, Float64Array.from(a), Float64Array.from(b), expected)
          const actual = heapPlace.floats(new Float32Array(m * n).fill(Number.NaN))
          kernels.matmul(transA, transB, m, n, k, heapPlace.floats(a), heapPlace.floats(b), actual)
          expectClose(actual, expected, Math.sqrt(k) * 16, `${m}×${n}×${k} ${transA} ${transB}`)
        }
      }
    }
  })

  test('matmul writes zeros for k = 0 and nothing beside its output', () => {
    const out = heapPlace.floats(new Float32Array(40).fill(3))
    const none = heapPlace.floats([])
    kernels.matmul(false, false, 5, 4, 0, none, none, out.subarray(10, 30))
    expect(Array.from(out)).toEqual([...Array(10).fill(3), ...Array(20).fill(0), ...Array(10).fill(3)])
    const [a, b] = [heapPlace.floats(numbers(15, 1)), heapPlace.floats(numbers(21, 2))]
    const wide = heapPlace.floats(new Float32Array(55).fill(3))
    kernels.matmul(false, false, 5, 7, 3, a, b, wide.subarray(10, 45))
    expect([...wide.subarray(0, 10), ...wide.subarray(45)]).toEqual(Array(20).fill(3))
  })

  test.each(inPlaceNames)('the output of %s may be any of its inputs', (name) => {
    const [, ...roles]: readonly string[] = signatures[name]
    const call = kernels[name] as (...values: (Float32Array | number)[]) => void
    const inputs: (Float32Array | number)[] = roles.map((role, i) =>
      role === 'number' ? 0.3 : role === 'inner' ? 1 : Float32Array.from(numbers(67, i + 1)),
    )
    roles.forEach((role, i) => {
      if (role !== 'in') return
      const expected = new Float32Array(67)
      call(...inputs.with(-1, expected))
      for (const place of [heapPlace, ordinaryPlace]) {
        const array = place.floats(inputs[i] as Float32Array)
        call(...inputs.with(i, array).with(-1, array))
        expect(array).toEqual(expected)
      }
    })
  })

  test('update rules write over weights and slots as they write elsewhere', () => {
    const at = (seed: number): Float32Array => heapPlace.floats(fractions(67, seed))
    const [w, dw, m, v] = [at(1), at(2), at(3), at(4)]
    const [nextW, nextM, nextV] = [at(5), at(6), at(7)]
    kernels.adam(w, dw, m, v, 0.1, 0.9, 0.999, 1e-8, 3, 1, nextW, nextM, nextV)
    kernels.adam(w, dw, m, v, 0.1, 0.9, 0.999, 1e-8, 3, 1, w, m, v)
    expect([w, m, v]).toEqual([nextW, nextM, nextV])
    for (const rule of ['sgdMomentum', 'nesterov', 'adagrad', 'rmsprop'] as const) {
      const run = (toW: Float32Array, toSlot: Float32Array): void => {
        if (rule === 'adagrad') kernels.adagrad(w, dw, v, 0.1, 1e-8, toW, toSlot)
        else if (rule === 'rmsprop') kernels.rmsprop(w, dw, v, 0.1, 0.9, 1e-8, toW, toSlot)
        else kernels[rule](w, dw, v, 0.1, 0.9, toW, toSlot)
      }
      run(nextW, nextV)
      run(w, v)
      expect([w, v]).toEqual([nextW, nextV])
    }
  })
})

describe.each(variants)('wasm %s at the extremes', (variant) => {
  const kernels = openedWasm(variant)

  const unary = (name: 'sigmoidForward' | 'tanhForward' | 'geluForward', values: readonly number[]): Float32Array => {
    const y = new Float32Array(values.length)
    kernels[name](Float32Array.from(values), y)
    return y
  }

  // The result in float64 of the float32 argument; below the normal range of float32 only the absolute error counts.
  const expectLike = (
    name: 'sigmoidForward' | 'tanhForward' | 'geluForward',
    exact: (x: number) => number,
    values: readonly number[],
    unit = 2 ** -126,
  ): void => expectClose(unary(name, values), values.map(Math.fround).map(exact), unit, name)

  const everywhere = [
    ...numbers(4000, 3),
    ...numbers(4000, 4).map((x) => x * 6),
    ...numbers(4000, 5).map((x) => x * 22),
  ]

  test('sigmoid', () => {
    const values = [0, -0, 1e-3, -1e-3, 20, -20, 80, -80, 88, -87, 100, -100, 1000, -1000, ...everywhere]
    expectLike('sigmoidForward', (x) => 1 / (1 + Math.exp(-x)), values)
    expect(Array.from(unary('sigmoidForward', [-1000, 1000, -Infinity, Infinity, Number.NaN]))).toEqual([
      0,
      1,
      0,
      1,
      Number.NaN,
    ])
  })

  test('tanh', () => {
    const values = [0, 1e-30, 1e-3, -1e-3, 0.6249, 0.6251, -0.625, 20, -20, 100, -1000, ...everywhere]
    expectLike('tanhForward', Math.tanh, [...values, ...values.map((x) => x / 1000)])
    expect(Array.from(unary('tanhForward', [Infinity, -Infinity, Number.NaN]))).toEqual([1, -1, Number.NaN])
  })

  test('gelu and its slope', () => {
    const c = 2 * Math.sqrt(2 / Math.PI)
    const inner = (x: number): number => c * (x + 0.044715 * x ** 3)
    // x·sigmoid(2u), which is the same formula without the cancellation that spoils it in float64 below −6 too.
    const gelu = (x: number): number => x / (1 + Math.exp(-inner(x)))
    const values = [0, 1e-4, -1e-4, 5, -5, 9, -9, 100, -100, 1e10, 1e20, ...everywhere]
    // Below −8 the rounding of u counts up to 90 times.
    expectLike('geluForward', gelu, values, 1e-24)
    const slope = (x: number): number => {
      const s = 1 / (1 + Math.exp(-inner(x)))
      const bend = x * s * (1 / (1 + Math.exp(inner(x)))) * c * (1 + 3 * 0.044715 * x * x)
      return s + (Number.isNaN(bend) ? 0 : bend)
    }
    const x = Float32Array.from(values)
    const dx = new Float32Array(values.length)
    kernels.geluBackward(new Float32Array(values.length).fill(1), x, dx)
    // Near −0.75 the slope passes through 0.
    expectClose(dx, Array.from(x, slope), 0.05, 'geluBackward')
    kernels.geluBackward(Float32Array.of(1, 1, 1), Float32Array.of(-1e20, 1e20, Number.NaN), dx.subarray(0, 3))
    expect(Array.from(dx.subarray(0, 3), (v) => v + 0)).toEqual([0, 1, Number.NaN])
  })

  test('relu keeps NaN, and -0 and infinities are themselves', () => {
    const y = new Float32Array(5)
    kernels.reluForward(Float32Array.of(Number.NaN, Infinity, -Infinity, -1e-45, 1e-45), y)
    expect(Array.from(y)).toEqual([Number.NaN, Infinity, 0, 0, Math.fround(1e-45)])
    kernels.addBiasRelu(Float32Array.of(Number.NaN, -3), Float32Array.of(1, 2), y.subarray(0, 2))
    expect(Array.from(y.subarray(0, 2))).toEqual([Number.NaN, 0])
  })

  test('softmax and its loss with huge scores', () => {
    const x = Float32Array.of(1e4, -1e4, 9999, 0, 3, -1e4, -1e4, -10001, -9990, -1e4, 1, 2, 3, 4, 5)
    const [y, dx] = [new Float32Array(15), new Float32Array(15)]
    const [expectedY, expectedDx] = [new Float64Array(15), new Float64Array(15)]
    const exact = Float64Array.from(x)
    kernels.softmax(x, 5, y)
    jsKernels.softmax(exact, 5, expectedY)
    expectClose(y, expectedY, 2 ** -126, 'softmax')
    for (const labels of [
      [0, 3, 4],
      [2, 2, 2],
      [1, 0, 0],
    ].map((l) => Int32Array.from(l))) {
      const loss = kernels.softmaxLoss(x, labels, dx)
      expectClose([loss], [jsKernels.softmaxLoss(exact, labels, expectedDx)], 0, 'loss')
      expectClose(dx, expectedDx, 2 ** -126, 'gradient')
      const margin = kernels.svmLoss(x, labels, dx)
      expectClose([margin], [jsKernels.svmLoss(exact, labels, expectedDx)], 0, 'svm loss')
      expectClose(dx, expectedDx, 0, 'svm gradient')
    }
  })

  test('the loss and the gradient of a confident and right row keep their digits', () => {
    const labels = Int32Array.of(0)
    for (const lead of [5, 12, 20, 30]) {
      const dx = new Float32Array(4)
      const loss = kernels.softmaxLoss(Float32Array.of(lead, 0, -1, 0.5), labels, dx)
      const others = [0, -1, 0.5].map((x) => Math.exp(x - lead))
      const sum = others.reduce((total, e) => total + e, 0)
      // 1 + sum has 16 digits in float64, of which these are the last.
      expectClose([loss], [Math.log1p(sum)], 1e-10, 'loss')
      expectClose(dx, [-sum / (1 + sum), ...others.map((e) => e / (1 + sum))], 1e-10, 'gradient')
    }
  })

  test('NaN and infinite scores show', () => {
    const y = new Float32Array(5)
    for (const bad of [Number.NaN, Infinity]) {
      kernels.softmax(Float32Array.of(1, 2, bad, 3, 4), 5, y)
      expect(Array.from(y).some(Number.isNaN)).toBe(true)
      expect(kernels.softmaxLoss(Float32Array.of(1, 2, 3, 4, bad), Int32Array.of(1), y)).toBeNaN()
    }
    expect(kernels.svmLoss(Float32Array.of(1, Number.NaN, 3), Int32Array.of(0), y.subarray(0, 3))).toBeNaN()
    const [spoilt, fit] = [Float32Array.of(1, 2, Number.NaN), Float32Array.of(0, 1, 0)]
    for (const loss of [
      (dx: Float32Array) => kernels.maeLoss(spoilt, fit, dx),
      (dx: Float32Array) => kernels.huberLoss(spoilt, fit, 1, dx),
      (dx: Float32Array) => kernels.logisticLoss(spoilt, fit, dx),
      (dx: Float32Array) => kernels.softTargetLoss(spoilt, fit, 3, 1, dx),
    ]) {
      const dx = new Float32Array(3)
      expect(loss(dx)).toBeNaN()
      expect(dx[2]).toBeNaN()
    }
    expect(kernels.sumSquares(Float32Array.of(1, 2, 3, Number.NaN, 5))).toBeNaN()
    expect(kernels.sumSquares(Float32Array.of(1, Infinity))).toBe(Infinity)
    expect(kernels.sumSquares(Float32Array.of(3e38, 3e38))).toBeCloseTo(2 * Math.fround(3e38) ** 2, -70)
  })

  test('batchnorm of a constant column, and of columns with a large mean', () => {
    const rows = 100
    const x = Float32Array.from({ length: 3 * rows }, (_, i) => {
      const noise = numbers(rows, 9)[Math.floor(i / 3)] as number
      return i % 3 === 0 ? 0.1 : i % 3 === 1 ? 1e5 + noise : -3e6 + noise
    })
    const [gamma, beta] = [Float32Array.of(2, 1, 1), Float32Array.of(0.5, 0, 0)]
    const run = (k: Kernels, make: typeof Float32Array | typeof Float64Array): (Float32Array | Float64Array)[] => {
      const [y, xHat] = [new make(3 * rows), new make(3 * rows)]
      const [mean, variance, invStd] = [new make(3), new make(3), new make(3)]
      k.batchnormForward(make.from(x), make.from(gamma), make.from(beta), 1, 1e-5, y, xHat, mean, variance, invStd)
      return [y, xHat, mean, variance, invStd]
    }
    const actual = run(kernels, Float32Array)
    run(jsKernels, Float64Array).forEach((e, i) => {
      expectClose(actual[i] as Float32Array, e, 1e-3, `output ${i}`)
    })
    expect((actual[3] as Float32Array)[0]).toBe(0)
    expect((actual[0] as Float32Array)[0]).toBe(0.5)
  })

  test('layernorm of a constant row, and of a row with a large mean', () => {
    const columns = 67
    const x = Float32Array.from({ length: 2 * columns }, (_, i) =>
      i < columns ? 0.1 : 1e6 + (numbers(columns, 9)[i - columns] as number),
    )
    const run = (k: Kernels, make: typeof Float32Array | typeof Float64Array): (Float32Array | Float64Array)[] => {
      const [y, xHat, invStd] = [new make(2 * columns), new make(2 * columns), new make(2)]
      k.layernormForward(make.from(x), new make(columns).fill(1), new make(columns), 1e-5, y, xHat, invStd)
      return [y, xHat, invStd]
    }
    const actual = run(kernels, Float32Array)
    run(jsKernels, Float64Array).forEach((e, i) => {
      expectClose(actual[i] as Float32Array, e, 1e-3, `output ${i}`)
    })
  })

  test('a gradient whose square overflows float32 stops its own weight and no other, as in float32 NumPy', () => {
    const zeros = (): Float32Array => new Float32Array(2)
    const [w, dw] = [Float32Array.of(1, 1), Float32Array.of(1e20, 0.5)]
    const [nextW, nextM, nextV] = [zeros(), zeros(), zeros()]
    kernels.adam(w, dw, zeros(), zeros(), 1e-3, 0.9, 0.999, 1e-8, 1, 1, nextW, nextM, nextV)
    expect([nextW[0], nextV[0]]).toEqual([1, Infinity])
    expect(nextW[1]).toBeCloseTo(0.999, 6)
    kernels.rmsprop(w, dw, zeros(), 1e-3, 0.99, 1e-8, nextW, nextV)
    expect([nextW[0], nextV[0]]).toEqual([1, Infinity])
    kernels.adagrad(w, dw, zeros(), 1e-3, 1e-8, nextW, nextV)
    expect([nextW[0], nextV[0]]).toEqual([1, Infinity])
  })

  test('adam from the first step to a late one', () => {
    const n = 100
    for (const t of [1, 2, 17, 1000, 123456, 2 ** 40]) {
      const run = (k: Kernels, make: typeof Float32Array | typeof Float64Array): (Float32Array | Float64Array)[] => {
        const [w, dw, m, v] = [numbers(n, 1), numbers(n, 2), numbers(n, 3), fractions(n, 4)].map((a) =>
          make.from(a),
        ) as [Float32Array, Float32Array, Float32Array, Float32Array]
        const [nextW, nextM, nextV] = [new make(n), new make(n), new make(n)]
        k.adam(w, dw, m, v, 1e-3, 0.9, 0.999, 1e-8, t, 1, nextW, nextM, nextV)
        return [nextW, nextM, nextV]
      }
      const actual = run(kernels, Float32Array)
      run(jsKernels, Float64Array).forEach((e, i) => {
        expectClose(actual[i] as Float32Array, e, 0.1, `t = ${t}, output ${i}`)
      })
    }
  })

  test('dropout keeps all at keepProb 1 and almost nothing at a tiny one', () => {
    const mask = new Float32Array(1001)
    kernels.dropoutMask(1, 2, 1, mask)
    expect(mask.every((v) => v === 1)).toBe(true)
    kernels.dropoutMask(1, 2, 1e-9, mask)
    expect(mask.every((v) => v === 0)).toBe(true)
  })

  test('gatherBytes gives the same bits from the heap and from elsewhere', () => {
    const on = cases.gatherBytes(kernels, heapPlace, 10, 67)
    const off = cases.gatherBytes(kernels, ordinaryPlace, 10, 67)
    expect(Array.from(off[0] as Float32Array)).toEqual(Array.from(on[0] as Float32Array))
  })
})

test('each element of a product depends on its row, its column and k alone', () => {
  const kernels = openedWasm('strict')
  const k = 300
  const [a, b] = [numbers(23 * k, 1), numbers(k * 29, 2)]
  const product = (m: number, n: number): Float32Array => {
    const columns = Float32Array.from({ length: k * n }, (_, i) => b[Math.floor(i / n) * 29 + (i % n)] as number)
    const out = new Float32Array(m * n)
    kernels.matmul(false, false, m, n, k, Float32Array.from(a.slice(0, m * k)), columns, out)
    return out
  }
  const whole = product(23, 29)
  for (const [m, n] of [
    [1, 1],
    [3, 10],
    [6, 8],
    [20, 29],
    [23, 5],
  ] as const) {
    const part = product(m, n)
    const expected = Array.from(part, (_, i) => whole[Math.floor(i / n) * 29 + (i % n)])
    expect(Array.from(part)).toEqual(expected)
  }
})

const blas = loadBlas('strict', 2)

withBackend('blas', E.isRight(blas)).describe('blas against js', () => {
  const kernels = E.isRight(blas) ? blas.right : jsKernels

  test('matmul over every size, on the heap and off it', () => {
    for (const place of [heapPlace, ordinaryPlace]) {
      for (const columns of sizes)
        for (const rows of [0, 1, 3, 10, 100]) compare('matmul', kernels, place, rows, columns)
    }
  })

  test('a product that is large enough for two threads', () => {
    const [m, n, k] = [256, 256, 300]
    const [a, b] = [numbers(m * k, 1), numbers(k * n, 2)]
    const [expected, actual] = [new Float32Array(m * n), heapPlace.floats(new Float32Array(m * n).fill(Number.NaN))]
    jsKernels.matmul(false, true, m, n, k, Float32Array.from(a), Float32Array.from(b), expected)
    kernels.matmul(false, true, m, n, k, heapPlace.floats(a), heapPlace.floats(b), actual)
    expectClose(actual, expected, 300, 'product')
  })

  test('an empty product is zeros', () => {
    const out = Float32Array.of(1, 2, 3, 4)
    kernels.matmul(false, false, 2, 2, 0, new Float32Array(0), new Float32Array(0), out)
    expect(Array.from(out)).toEqual([0, 0, 0, 0])
  })

  test('a library that is not there is a reason, not an error', () => {
    process.env.CACHEGRAD_BLAS_LIBRARY = '/nowhere/libopenblas.so'
    try {
      expect(loadBlas('strict', 1)).toEqual(E.left('no OpenBLAS library found; tried /nowhere/libopenblas.so'))
    } finally {
      delete process.env.CACHEGRAD_BLAS_LIBRARY
    }
  })
})
