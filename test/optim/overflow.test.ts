import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../src/errors/index.ts'
import { jsKernels } from '../../src/kernels/js.ts'
import type { Kernels } from '../../src/kernels/kernels.ts'
import { type UpdateRule, updateRules } from '../../src/optim/index.ts'
import { key, normal, uniform } from '../../src/random/index.ts'
import { full, ones, tensor, zeros } from '../../src/tensor/index.ts'
import { openedWasm } from '../kernels/cases.ts'
import { eachBackend } from '../support.ts'

const rules = Object.entries(updateRules) as unknown as readonly (readonly [
  string,
  UpdateRule<{ learningRate: number }>,
])[]
const squaring = rules.filter(([name]) => name.startsWith('ada') || name === 'rmsprop')

describe('what is more than the precision holds', () => {
  eachBackend(() => {
    test.each(squaring)(
      '%s refuses a gradient whose square is infinite, which would freeze the weights',
      (name, rule) => {
        const slot = name.startsWith('adam') ? 'v' : 'cache'
        expect(() => rule(tensor([1], [0]), tensor([1], [1e30]))).toThrow(ArgumentError)
        expect(() => rule(tensor([1], [0]), tensor([1], [1e30]))).toThrow(
          new RegExp(
            `^${name}: the next ${slot} is not finite: what this step makes of its gradient and the learning rate \\([\\d.e-]+\\) is no ` +
              'number that float32 holds; lower the learning rate, or clip the gradient with clipByGlobalNorm$',
          ),
        )
        // The square of 1.8e19 is the last one that float32 holds, and float64 holds that of 1e30.
        const [w] = rule(tensor([1], [0]), tensor([1], [1.8e19]))
        expect(w.data[0]).toBeLessThan(0)
        expect(rule(zeros([1], 'float64'), full([1], 1e30, 'float64'))[0].data[0]).toBeLessThan(0)
      },
    )

    test.each(rules)('%s refuses a learning rate that makes weights infinite, wherever they are', (name, rule) => {
      for (const [size, at] of [
        [1, 0],
        [9, 8],
        [70_001, 40_000],
      ] as const) {
        const dw = full([size], 0)
        dw.data[at] = 1
        expect(() => rule(ones([size]), dw, { learningRate: 1e39 })).toThrow(ArgumentError)
        expect(() => rule(ones([size]), dw, { learningRate: 1e-3 })).not.toThrow()
      }
      expect(() => rule(ones([2]), tensor([2], [1, Number.NaN]))).toThrow(new RegExp(`^${name}: the next \\w+`))
    })
  })
})

type Rule = 'sgd' | 'sgdMomentum' | 'nesterov' | 'adagrad' | 'rmsprop' | 'adam'

/** The results of a rule's kernel for weights, gradients and slots of any size. */
const results = (kernels: Kernels, name: Rule, t: number): readonly Float32Array[] => {
  const at = (seed: number): Float32Array => normal(key(seed), [1003], 3).data as Float32Array
  const positive = (seed: number): Float32Array => uniform(key(seed), [1003], 0, 2).data as Float32Array
  const [w, dw] = [at(1), at(2)]
  const [nextW, next, nextV] = [1, 2, 3].map(() => new Float32Array(1003)) as [Float32Array, Float32Array, Float32Array]
  const calls: Readonly<Record<Rule, () => number>> = {
    sgd: () => kernels.sgd(w, dw, 0.03, nextW),
    sgdMomentum: () => kernels.sgdMomentum(w, dw, at(3), 0.03, 0.9, nextW, next),
    nesterov: () => kernels.nesterov(w, dw, at(3), 0.03, 0.9, nextW, next),
    adagrad: () => kernels.adagrad(w, dw, positive(3), 0.03, 1e-8, nextW, next),
    rmsprop: () => kernels.rmsprop(w, dw, positive(3), 0.03, 0.99, 1e-8, nextW, next),
    adam: () => kernels.adam(w, dw, at(3), positive(4), 0.03, 0.9, 0.999, 1e-8, t, 0.999, nextW, next, nextV),
  }
  expect(calls[name]()).toBe(1)
  return [nextW, next, nextV]
}

test.each(['sgd', 'sgdMomentum', 'nesterov', 'adagrad', 'rmsprop', 'adam'] as const)(
  'js and strict wasm give the same bits of %s: they round the same operations',
  (name) => {
    for (const t of [1, 2, 10, 1000]) {
      expect(results(jsKernels, name, t)).toEqual(results(openedWasm('strict'), name, t))
    }
  },
)
