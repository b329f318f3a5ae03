import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { dirac } from '../../src/layers/convInit.ts'
import { symmetricEigen } from '../../src/layers/eigen.ts'
import {
  affine,
  batchnorm,
  buildNet,
  conv,
  flatten,
  type LayerSpec,
  type Net,
  network,
  relu,
  residual,
  scale,
} from '../../src/layers/index.ts'
import { classifier } from '../../src/models/index.ts'
import { foldIn, key, randomIndices } from '../../src/random/index.ts'
import { type RunState, snapshotRun, train } from '../../src/solver/index.ts'
import { bytes, decode, full, type Tensor } from '../../src/tensor/index.ts'
import { bitsOf, close, eachBackend, goldenCase, leftMessage, random, right, tensorFrom } from '../support.ts'

describe('eigenvectors of symmetric matrices', () => {
  const at = (m: Float64Array, n: number, i: number, j: number): number => m[i * n + j] as number

  test.each([1, 2, 5, 27])('of %i rows: A·v = λ·v, vectors are orthonormal, values fall', (n) => {
    const half = random(n, [n, n])
    const a = new Float64Array(n * n)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) a[i * n + j] = (half.data[i * n + j] as number) + (half.data[j * n + i] as number)
    const all = symmetricEigen(a, n)
    all.forEach(({ value, vector }, k) => {
      for (let i = 0; i < n; i++) {
        const product = vector.reduce((sum, v, j) => sum + at(a, n, i, j) * v, 0)
        expect(Math.abs(product - value * (vector[i] as number))).toBeLessThan(1e-12 * n)
      }
      all.forEach((other, l) => {
        const dot = vector.reduce((sum, v, i) => sum + v * (other.vector[i] as number), 0)
        expect(Math.abs(dot - (k === l ? 1 : 0))).toBeLessThan(1e-12)
      })
      if (k > 0) expect(value).toBeLessThanOrEqual(all[k - 1]?.value as number)
    })
  })

  test('of a diagonal and of an empty matrix', () => {
    expect(symmetricEigen(Float64Array.of(1, 0, 0, 3), 2)).toEqual([
      { value: 3, vector: Float64Array.of(0, 1) },
      { value: 1, vector: Float64Array.of(1, 0) },
    ])
    expect(symmetricEigen(new Float64Array(4), 2).map(({ value }) => value)).toEqual([0, 0])
  })
})

describe('dirac', () => {
  test.each(['dirac 5', 'dirac 2'])('agrees with PyTorch: %s filters', (name) => {
    const { inputs, outputs } = goldenCase('methods', name)
    expect([...dirac(tensorFrom(inputs.w, 'float64')).data]).toEqual((outputs.w as { data: number[] }).data)
  })

  test('passes the channels on; the other filters are those of he', () => {
    const [layer, he] = (['dirac', 'he'] as const).map((weightScale) => conv(5, { pad: 'same', weightScale }))
    const { W, b } = (layer as Net).init(key(1), [3, 6, 4]).params
    const x = random(2, [2, 3, 6, 4], 'float32')
    const y = (layer as Net).predict(x, { W: W as Tensor, b: b as Tensor }, {})
    for (let n = 0; n < 2; n++) {
      expect(y.data.subarray(n * 5 * 24, (n * 5 + 3) * 24)).toEqual(x.data.subarray(n * 72, (n + 1) * 72))
    }
    const drawn = (he as Net).init(key(1), [3, 6, 4]).params.W as Tensor
    expect(W?.data.subarray(3 * 27)).toEqual(drawn.data.subarray(3 * 27))
    const { spec } = network([layer as Net])
    expect(right(buildNet(spec as LayerSpec)).spec).toEqual(spec)
  })
})

describe('whitening', () => {
  const options = { filterSize: 2, weightScale: 'whitening' } as const

  eachBackend(() => {
    test.each(['whitening 1', 'whitening 2'])('agrees with PyTorch: %s', (name) => {
      const { inputs, outputs } = goldenCase('methods', name)
      const layer = conv(inputs.filters as number, { ...options, stride: inputs.stride as number }) as Net
      for (const [dtype, tolerance] of [
        ['float32', 1e-3],
        ['float64', 1e-11],
      ] as const) {
        const { params } = layer.init(key(0), [2, 6, 5], dtype)
        const { W, b } = layer.prepare?.(params, tensorFrom(inputs.x, dtype), key(0)) ?? {}
        close(W as Tensor, tensorFrom(outputs.W, 'float64'), tolerance, 'W')
        close(b as Tensor, tensorFrom(outputs.b, 'float64'), tolerance, 'b')
      }
    })
  })

  test('what leaves the layer has mean 0 and variance 1, and is not correlated, whatever the scale of the images', () => {
    for (const size of [1, 1000]) {
      const x = {
        ...random(1, [40, 2, 8, 8]),
        data: random(1, [40, 2, 8, 8]).data.map((v, i) => size * (v + (i % 3) + 2)),
      }
      const layer = conv(8, options) as Net
      const params = layer.prepare?.(layer.init(key(0), [2, 8, 8], 'float64').params, x as Tensor, key(0)) ?? {}
      const y = layer.predict(x as Tensor, params, {})
      const places = 49
      const channel = (c: number): number[] =>
        Array.from(
          { length: 40 * places },
          (_, i) => y.data[(Math.floor(i / places) * 8 + c) * places + (i % places)] as number,
        )
      for (let c = 0; c < 8; c++) {
        for (let d = 0; d <= c; d++) {
          const [one, other] = [channel(c), channel(d)]
          const mean = one.reduce((sum, v) => sum + v, 0) / one.length
          const product = one.reduce((sum, v, i) => sum + v * (other[i] as number), 0) / one.length
          expect(Math.abs(mean)).toBeLessThan(1e-10)
          expect(Math.abs(product - (c === d ? 1 : 0))).toBeLessThan(0.01)
        }
      }
    }
  })

  test('has two filters for each number of a patch', () => {
    expect(() => conv(17, options).init(key(0), [2, 6, 5])).toThrow(
      'conv: whitening has two filters for each of the 8 numbers of a patch, a direction and its opposite, so there can be 16, but numFilters is 17; lower it',
    )
  })
})

const count = 60
const images = bytes([count, 1, 5, 5], Uint8Array.from(randomIndices(key(3), count * 25, 256)), 100, 0.01)
const y = randomIndices(key(2), count, 3)
const data = { xTrain: images, yTrain: y, xVal: images, yVal: y }
const first = conv(8, { filterSize: 2, weightScale: 'whitening' }) as Net
const model = (layers: readonly Net[], dtype: 'float32' | 'float64' = 'float32') =>
  classifier(network([...layers, flatten, affine(3), scale(1 / 9)]), { inShape: [1, 5, 5], dtype })

const begin = (net: ReturnType<typeof model>): RunState => {
  for (const event of right(train(net, data, { batchSize: 20 }))) if ('run' in event) return snapshotRun(event.run)
  throw new Error('no event')
}

describe('train prepares weights once, before its first step', () => {
  test('from a sample of the training data', () => {
    const net = model([first, relu])
    const fresh = net.init(key(0))
    const { weights } = begin(net)
    expect(weights.params.W1?.data).not.toEqual(fresh.params.W1?.data)
    const W = weights.params.W1 as Tensor
    // Filters and their negatives.
    for (let i = 0; i < 16; i++) expect(W.data[i]).toBe(-(W.data[16 + i] as number))
    // Drawn from the seed: the same again, and another sample where there is more data than is looked at.
    expect(bitsOf(begin(net).weights.params)).toEqual(bitsOf(weights.params))
  })

  test('layers behind others see what comes to them, also in residuals and networks inside networks', () => {
    const inner = conv(8, { filterSize: 2, pad: 1, weightScale: 'whitening' }) as Net
    for (const layers of [
      [conv(2, { pad: 'same' }) as Net, batchnorm() as Net, relu, first],
      [network([conv(2, { pad: 'same' }) as Net, network([relu, inner])])],
      [residual([relu, conv(1, { filterSize: 1, weightScale: 'whitening' }) as Net])],
    ]) {
      const net = model(layers, 'float64')
      const [drawn, { weights }] = [net.init(foldIn(key(0), 'init')).params, begin(net)]
      const [before, after] = [bitsOf(drawn), bitsOf(weights.params)]
      expect(Object.keys(drawn).filter((name) => before[name] !== after[name])).toEqual([
        expect.stringMatching(/^W/),
        expect.stringMatching(/^b/),
      ])
    }
    const behind = model([conv(2, { pad: 'same' }) as Net, batchnorm() as Net, relu, first], 'float64')
    const { conv2 } = behind.trace(begin(behind).weights, decode(images, 'float64'), key(0)) as { conv2: Tensor }
    const values = Array.from(
      { length: count * 16 },
      (_, i) => conv2.data[Math.floor(i / 16) * 128 + (i % 16)] as number,
    )
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length
    const variance = values.reduce((sum, v) => sum + v * v, 0) / values.length
    expect(Math.abs(mean)).toBeLessThan(1e-10)
    expect(Math.abs(variance - 1)).toBeLessThan(0.01)
  })

  test('a run that goes on keeps its own', () => {
    const net = model([first, relu])
    const state = begin(net)
    const W1 = { ...(state.weights.params.W1 as Tensor), data: full([32], 0.5).data }
    const changed = { ...state, weights: { ...state.weights, params: { ...state.weights.params, W1 } } }
    const [event] = right(train(net, data, { batchSize: 20 }, changed))
    expect(event?._tag === 'Step' && event.step).toBe(1)
  })

  test('images that are all alike are told of', () => {
    const alike = { xTrain: bytes([4, 1, 5, 5], new Uint8Array(100).fill(7)), yTrain: [0, 1, 2, 0] }
    expect(leftMessage(train(model([first, relu]), alike))).toBe(
      "conv: whitening needs images that differ, but the variance of their patches is 0; use another weightScale, e.g. 'he'",
    )
  })

  test('a spec has the name, and nothing of the data', () => {
    const net = network([first, relu])
    expect(net.spec?.layers).toMatchObject([{ type: 'conv', weightScale: 'whitening' }, { type: 'relu' }])
    expect(E.isRight(buildNet(net.spec as LayerSpec))).toBe(true)
    expect(() => conv(8, { weightScale: 'white' as never })).toThrow(
      "conv: weightScale must be a number ≥ 0 or one of 'he', 'xavier' or one of 'dirac', 'whitening', but got 'white'",
    )
  })
})

test.each([0, Number.NaN, '2', Number.POSITIVE_INFINITY])('scale by %s is refused', (by) => {
  expect(() => scale(by as number)).toThrow('scale: by must be a finite number other than 0, but got')
})
