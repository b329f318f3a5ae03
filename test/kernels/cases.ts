import type { Kernels } from '../../src/kernels/kernels.ts'

/** One call of every kernel over a (rows, columns) problem, for tests that compare implementations. */

export type KernelName = Exclude<keyof Kernels, 'name' | 'description'>

/** Where arrays come from: the heap or ordinary memory. Outputs start with junk. */
export interface Place {
  floats(values: ArrayLike<number>): Float32Array
  ints(values: ArrayLike<number>): Int32Array
  bytes(values: ArrayLike<number>): Uint8Array
}

export const ordinaryPlace: Place = {
  floats: (values) => Float32Array.from(values),
  ints: (values) => Int32Array.from(values),
  bytes: (values) => Uint8Array.from(values),
}

// Integers of 22 bits by a linear congruence: the same on every machine, and exact as float32.
const integers = (length: number, seed: number): number[] => {
  let state = (seed * 2654435761) >>> 0
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 10
  })
}

/** Numbers in [−4, 4), exact in float32. */
export const numbers = (length: number, seed: number): number[] =>
  integers(length, seed).map((i) => (i - 2 ** 21) / 2 ** 19)

/** Numbers in [0, 1). */
export const fractions = (length: number, seed: number): number[] => integers(length, seed).map((i) => i / 2 ** 22)

const below = (length: number, seed: number, bound: number): number[] =>
  integers(length, seed).map((i) => (i >>> 4) % bound)

type Result = readonly (Float32Array | number)[]

export type Case = (kernels: Kernels, place: Place, rows: number, columns: number) => Result

const junk = (place: Place, length: number): Float32Array => place.floats(new Float32Array(length).fill(-7.5))

const unary =
  (name: 'reluForward' | 'sigmoidForward' | 'tanhForward' | 'geluForward'): Case =>
  (kernels, place, rows, columns) => {
    const y = junk(place, rows * columns)
    kernels[name](place.floats(numbers(rows * columns, 1)), y)
    return [y]
  }

const binary =
  (
    name: 'reluBackward' | 'sigmoidBackward' | 'tanhBackward' | 'geluBackward' | 'add' | 'multiply',
    second = numbers,
  ): Case =>
  (kernels, place, rows, columns) => {
    const y = junk(place, rows * columns)
    kernels[name](place.floats(numbers(rows * columns, 1)), place.floats(second(rows * columns, 2)), y)
    return [y]
  }

const biased =
  (name: 'addBias' | 'addBiasRelu'): Case =>
  (kernels, place, rows, columns) => {
    const y = junk(place, rows * columns)
    kernels[name](place.floats(numbers(rows * columns, 1)), place.floats(numbers(columns, 2)), y)
    return [y]
  }

// Scores with a clear distance between margins and 0, where the last bit would decide.
const loss =
  (name: 'softmaxLoss' | 'svmLoss'): Case =>
  (kernels, place, rows, columns) => {
    const x = place.floats(numbers(rows * columns, 1))
    const dx = junk(place, rows * columns)
    return [kernels[name](x, place.ints(below(rows, 2, Math.max(columns, 1))), dx), dx]
  }

const momentum =
  (name: 'sgdMomentum' | 'nesterov'): Case =>
  (kernels, place, rows, columns) => {
    const n = rows * columns
    const [nextW, nextV] = [junk(place, n), junk(place, n)]
    const [w, dw, v] = [1, 2, 3].map((seed) => place.floats(numbers(n, seed))) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ]
    kernels[name](w, dw, v, 0.03, 0.9, nextW, nextV)
    return [nextW, nextV]
  }

export const cases: Readonly<Record<KernelName, Case>> = {
  matmul: (kernels, place, rows, columns) => {
    const k = rows + 2 * columns
    const a = place.floats(numbers(rows * k, 1))
    const b = place.floats(numbers(k * columns, 2))
    return [false, true].flatMap((transA) =>
      [false, true].map((transB) => {
        const out = junk(place, rows * columns)
        kernels.matmul(transA, transB, rows, columns, k, a, b, out)
        return out
      }),
    )
  },
  addBias: biased('addBias'),
  addBiasRelu: biased('addBiasRelu'),
  columnSums: (kernels, place, rows, columns) => {
    const sums = junk(place, columns)
    kernels.columnSums(place.floats(numbers(rows * columns, 1)), sums)
    return [sums]
  },
  reluForward: unary('reluForward'),
  reluBackward: binary('reluBackward'),
  leakyReluForward: (kernels, place, rows, columns) => {
    const y = junk(place, rows * columns)
    kernels.leakyReluForward(place.floats(numbers(rows * columns, 1)), 0.01, y)
    return [y]
  },
  leakyReluBackward: (kernels, place, rows, columns) => {
    const [dy, x] = [numbers(rows * columns, 1), numbers(rows * columns, 2)]
    const dx = junk(place, rows * columns)
    kernels.leakyReluBackward(place.floats(dy), place.floats(x), 0.01, dx)
    return [dx]
  },
  sigmoidForward: unary('sigmoidForward'),
  sigmoidBackward: binary('sigmoidBackward', fractions),
  tanhForward: unary('tanhForward'),
  tanhBackward: binary('tanhBackward', fractions),
  geluForward: unary('geluForward'),
  geluBackward: binary('geluBackward'),
  add: binary('add'),
  multiply: binary('multiply'),
  scale: (kernels, place, rows, columns) => {
    const y = junk(place, rows * columns)
    kernels.scale(place.floats(numbers(rows * columns, 1)), 0.3, y)
    return [y]
  },
  addScaled: (kernels, place, rows, columns) => {
    const y = junk(place, rows * columns)
    kernels.addScaled(place.floats(numbers(rows * columns, 1)), 0.3, place.floats(numbers(rows * columns, 2)), y)
    return [y]
  },
  sumSquares: (kernels, place, rows, columns) => [kernels.sumSquares(place.floats(numbers(rows * columns, 1)))],
  // Finite numbers, and those with one that is not: the first, one in the middle, the last.
  allFinite: (kernels, place, rows, columns) => {
    const x = numbers(rows * columns, 1)
    const spoilt = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((bad, i) => {
      const at = Math.floor(((x.length - 1) * i) / 2)
      return x.map((v, j) => (j === at ? bad : v))
    })
    return [x, ...spoilt].map((values) => Number(kernels.allFinite(place.floats(values))))
  },
  softmax: (kernels, place, rows, columns) => {
    const y = junk(place, rows * columns)
    kernels.softmax(place.floats(numbers(rows * columns, 1)), columns, y)
    return [y]
  },
  softmaxLoss: loss('softmaxLoss'),
  svmLoss: loss('svmLoss'),
  batchnormForward: (kernels, place, rows, columns) => {
    const x = place.floats(numbers(rows * columns, 1))
    const [gamma, beta] = [place.floats(numbers(columns, 2)), place.floats(numbers(columns, 3))]
    const [y, xHat] = [junk(place, rows * columns), junk(place, rows * columns)]
    const [mean, variance, invStd] = [junk(place, columns), junk(place, columns), junk(place, columns)]
    kernels.batchnormForward(x, gamma, beta, 1e-5, y, xHat, mean, variance, invStd)
    return [y, xHat, mean, variance, invStd]
  },
  batchnormBackward: (kernels, place, rows, columns) => {
    const [dy, xHat] = [place.floats(numbers(rows * columns, 1)), place.floats(numbers(rows * columns, 2))]
    const [gamma, invStd] = [place.floats(numbers(columns, 3)), place.floats(fractions(columns, 4))]
    const [dx, dgamma, dbeta] = [junk(place, rows * columns), junk(place, columns), junk(place, columns)]
    kernels.batchnormBackward(dy, gamma, xHat, invStd, dx, dgamma, dbeta)
    return [dx, dgamma, dbeta]
  },
  batchnormPredict: (kernels, place, rows, columns) => {
    const x = place.floats(numbers(rows * columns, 1))
    const [gamma, beta, mean] = [numbers(columns, 2), numbers(columns, 3), numbers(columns, 4)].map(place.floats) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ]
    const y = junk(place, rows * columns)
    kernels.batchnormPredict(x, gamma, beta, mean, place.floats(fractions(columns, 5)), 1e-5, y)
    return [y]
  },
  layernormForward: (kernels, place, rows, columns) => {
    const x = place.floats(numbers(rows * columns, 1))
    const [gamma, beta] = [place.floats(numbers(columns, 2)), place.floats(numbers(columns, 3))]
    const [y, xHat, invStd] = [junk(place, rows * columns), junk(place, rows * columns), junk(place, rows)]
    kernels.layernormForward(x, gamma, beta, 1e-5, y, xHat, invStd)
    return [y, xHat, invStd]
  },
  layernormBackward: (kernels, place, rows, columns) => {
    const [dy, xHat] = [place.floats(numbers(rows * columns, 1)), place.floats(numbers(rows * columns, 2))]
    const [gamma, invStd] = [place.floats(numbers(columns, 3)), place.floats(fractions(rows, 4))]
    const [dx, dgamma, dbeta] = [junk(place, rows * columns), junk(place, columns), junk(place, columns)]
    kernels.layernormBackward(dy, gamma, xHat, invStd, dx, dgamma, dbeta)
    return [dx, dgamma, dbeta]
  },
  dropoutMask: (kernels, place, rows, columns) => {
    const mask = junk(place, rows * columns)
    kernels.dropoutMask(0x12345678, 0xfedcba98, 0.7, mask)
    return [mask]
  },
  sgd: (kernels, place, rows, columns) => {
    const nextW = junk(place, rows * columns)
    kernels.sgd(place.floats(numbers(rows * columns, 1)), place.floats(numbers(rows * columns, 2)), 0.03, nextW)
    return [nextW]
  },
  sgdMomentum: momentum('sgdMomentum'),
  nesterov: momentum('nesterov'),
  adagrad: (kernels, place, rows, columns) => {
    const n = rows * columns
    const [nextW, nextC] = [junk(place, n), junk(place, n)]
    const [w, dw] = [place.floats(numbers(n, 1)), place.floats(numbers(n, 2))]
    kernels.adagrad(w, dw, place.floats(fractions(n, 3)), 0.03, 1e-8, nextW, nextC)
    return [nextW, nextC]
  },
  rmsprop: (kernels, place, rows, columns) => {
    const n = rows * columns
    const [nextW, nextC] = [junk(place, n), junk(place, n)]
    const [w, dw] = [place.floats(numbers(n, 1)), place.floats(numbers(n, 2))]
    kernels.rmsprop(w, dw, place.floats(fractions(n, 3)), 0.03, 0.99, 1e-8, nextW, nextC)
    return [nextW, nextC]
  },
  adam: (kernels, place, rows, columns) => {
    const n = rows * columns
    const [nextW, nextM, nextV] = [junk(place, n), junk(place, n), junk(place, n)]
    const [w, dw, m] = [place.floats(numbers(n, 1)), place.floats(numbers(n, 2)), place.floats(numbers(n, 3))]
    const v = place.floats(fractions(n, 4))
    kernels.adam(w, dw, m, v, 0.03, 0.9, 0.999, 1e-8, 1000, 0.999, nextW, nextM, nextV)
    return [nextW, nextM, nextV]
  },
  gatherFloats: (kernels, place, rows, columns) => {
    const out = junk(place, rows * columns)
    kernels.gatherFloats(place.floats(numbers(20 * columns, 1)), place.ints(below(rows, 2, 20)), out)
    return [out]
  },
  gatherBytes: (kernels, place, rows, columns) => {
    const bytes = place.bytes(below(20 * columns, 1, 256))
    const [mean, scale] = [place.floats(numbers(columns, 2)), place.floats(numbers(columns, 3))]
    const out = junk(place, rows * columns)
    kernels.gatherBytes(bytes, place.ints(below(rows, 4, 20)), mean, scale, out)
    return [out]
  },
  // Images of the given number of columns, two planes of three rows, moved by up to 2 in each direction or beyond.
  gatherImages: (kernels, place, rows, width) => {
    const columns = 6 * width
    const bytes = place.bytes(below(20 * columns, 1, 256))
    const [mean, scale] = [place.floats(numbers(columns, 2)), place.floats(numbers(columns, 3))]
    const shifts = below(2 * rows, 5, 9).map((shift) => shift - 4)
    const moves = Array.from({ length: rows }, (_, i) => [shifts[2 * i] ?? 0, shifts[2 * i + 1] ?? 0, i % 2]).flat()
    const out = junk(place, rows * columns)
    kernels.gatherImages(bytes, place.ints(below(rows, 4, 20)), mean, scale, place.ints(moves), 3, width, out)
    return [out]
  },
}
