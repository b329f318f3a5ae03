import { describe, expect, test } from 'vitest'
import { affine, batchnorm, gelu, type Net, network, relu } from '../../src/layers/index.ts'
import { type Key, key, normal } from '../../src/random/index.ts'
import type { Shape, Tensor, Tensors } from '../../src/tensor/index.ts'
import { bitsOf, eachRun } from '../support.ts'

/** A layer of another type, which nothing fuses with: what it computes is that of the layer. */
const alone = (layer: Net): Net => ({ ...layer })

const drawn = (state: Tensors, seed: Key): Tensors =>
  Object.fromEntries(
    Object.entries(state).map(([name, { shape, data }]) => {
      const kind = data instanceof Float32Array ? 'float32' : 'float64'
      const t = normal(seed, shape, 1, kind)
      return [name, name.includes('Var') ? { shape, data: t.data.map((v) => v * v + 0.1) as Tensor['data'] } : t]
    }),
  )

const runs: readonly (readonly [string, () => readonly Net[], Shape])[] = [
  ['batchnorm and gelu of images', () => [batchnorm(), gelu], [5, 3, 7]],
  [
    'batchnorm and gelu of images, without scale and shift',
    () => [batchnorm({ scale: false, shift: false }), gelu],
    [5, 3, 7],
  ],
  ['batchnorm with another eps and gelu of rows', () => [affine(7), batchnorm({ eps: 0.1, scale: false }), gelu], [4]],
  ['affine and relu', () => [affine(7), relu], [4]],
]

describe('layers that run as one have the bits of the two', () => {
  eachRun(({ dtype }) => {
    test.each(runs)('%s', (_title, layers, inShape) => {
      const [fused, plain] = [network(layers()), network(layers().map(alone))]
      const x = normal(key(1), [6, ...inShape], 1, dtype)
      const { params: names, state: statistics } = fused.init(key(2), inShape, dtype)
      const params = { ...names, ...drawn(names, key(3)) }
      const state = drawn(statistics, key(4))
      const steps: number[] = []
      const results = [fused, plain].map((net) => {
        const [y, cache] = net.forward(x, params, key(5))
        steps.push((cache as readonly unknown[]).length)
        const [dx, gradients] = net.backward(normal(key(6), y.shape, 1, dtype), cache)
        const absorbed = net.absorb(state, cache)
        return bitsOf({ y, dx, predicted: net.predict(x, params, state), ...gradients, ...absorbed })
      })
      expect(results[0]).toEqual(results[1])
      expect(steps[0]).toBe((steps[1] as number) - 1)
    })
  })
})
