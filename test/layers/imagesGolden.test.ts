import { describe, expect, test } from 'vitest'
import {
  avgPoolBackward,
  avgPoolForward,
  type ConvParams,
  convBackward,
  convForward,
  globalAvgPoolBackward,
  globalAvgPoolForward,
  im2col,
  maxPoolBackward,
  maxPoolForward,
  type PoolParams,
  spatialBatchnormBackward,
  spatialBatchnormForward,
  spatialGroupnormBackward,
  spatialGroupnormForward,
} from '../../src/layers/index.ts'
import { type Dtype, linspace, type Tensor, tensor } from '../../src/tensor/index.ts'
import { close, eachRun, type GoldenCase, golden } from '../support.ts'

// Inputs of test/golden/images.json are drawn by the formula in images.py; of large outputs every step-th element is kept.

type Drawn = { readonly shape: readonly number[]; readonly seed: number }
type Kept = { readonly shape: readonly number[]; readonly step: number; readonly data: readonly number[] }
type ImageCase = GoldenCase & { readonly kind: string }

const cases = golden('images').cases as readonly ImageCase[]

const drawn = ({ shape, seed }: Drawn, dtype: Dtype, change: (v: number) => number = (v) => v): Tensor => {
  const size = shape.reduce((product, n) => product * n, 1)
  const values = Array.from({ length: size }, (_, i) =>
    change(((31 * i * i + 7919 * i + 104729 * seed) % 2003) / 1024 - 1001 / 1024),
  )
  return tensor(shape, values, dtype)
}

/** Halves, the even one where two are as near, as NumPy rounds. */
const halves = (v: number): number => {
  const [below, rest] = [Math.floor(2 * v), 2 * v - Math.floor(2 * v)]
  const up = rest > 0.5 || (rest === 0.5 && below % 2 !== 0)
  return (below + (up ? 1 : 0)) / 2
}

type Compute = (c: ImageCase, dtype: Dtype) => Readonly<Record<string, Tensor>>

const inputsOf = ({ inputs, name }: ImageCase, dtype: Dtype): Readonly<Record<string, Tensor>> =>
  Object.fromEntries(
    Object.entries(inputs)
      .filter(([, value]) => typeof value === 'object' && value !== null && 'seed' in value)
      .map(([key, value]) => {
        const change =
          key === 'gamma' ? (v: number) => v + 1 : key === 'x' && name.endsWith('ties') ? halves : undefined
        return [key, drawn(value as Drawn, dtype, change)]
      }),
  )

const poolParams = ({ inputs }: ImageCase): PoolParams => {
  const [poolHeight, poolWidth] = (inputs.size ?? [1, 1]) as [number, number]
  return { poolHeight, poolWidth, stride: (inputs.stride ?? 1) as [number, number] }
}

const pool =
  <C>(
    forward: (x: Tensor, params: PoolParams) => readonly [Tensor, C],
    backward: (dout: Tensor, cache: C) => Tensor,
  ): Compute =>
  (c, dtype) => {
    const { x, dout } = inputsOf(c, dtype) as { x: Tensor; dout: Tensor }
    const [out, cache] = forward(x, poolParams(c))
    return { out, dx: backward(dout, cache) }
  }

const norm =
  <C>(
    forward: (x: Tensor, gamma: Tensor, beta: Tensor, groups: number) => readonly [Tensor, C],
    backward: (dout: Tensor, cache: C) => readonly [Tensor, Tensor, Tensor],
  ): Compute =>
  (c, dtype) => {
    const { x, gamma, beta, dout } = inputsOf(c, dtype) as Record<'x' | 'gamma' | 'beta' | 'dout', Tensor>
    const [out, cache] = forward(x, gamma, beta, c.inputs.groups as number)
    const [dx, dgamma, dbeta] = backward(dout, cache)
    return { out, dx, dgamma, dbeta }
  }

const kinds: Readonly<Record<string, Compute>> = {
  conv: (c, dtype) => {
    const { x, w, b, dout } = inputsOf(c, dtype) as Record<'x' | 'w' | 'b' | 'dout', Tensor>
    const [out, cache] = convForward(x, w, b, { stride: c.inputs.stride, pad: c.inputs.pad } as ConvParams)
    const [dx, dw, db] = convBackward(dout, cache)
    return { out, dx, dw, db }
  },
  maxPool: pool(maxPoolForward, maxPoolBackward),
  avgPool: pool(avgPoolForward, avgPoolBackward),
  globalAvgPool: pool(globalAvgPoolForward, globalAvgPoolBackward),
  spatialBatchnorm: norm((x, gamma, beta) => spatialBatchnormForward(x, gamma, beta), spatialBatchnormBackward),
  spatialGroupnorm: norm(spatialGroupnormForward, spatialGroupnormBackward),
  im2col: (c, dtype) => {
    const { x } = inputsOf(c, dtype) as { x: Tensor }
    const [height, width] = c.inputs.size as [number, number]
    return { out: im2col(x, height, width, { stride: c.inputs.stride, pad: c.inputs.pad } as ConvParams) }
  },
}

const compare = (actual: Tensor, { shape, step, data }: Kept, tolerance: number, name: string): void => {
  expect(actual.shape, `shape of ${name}`).toEqual(shape)
  const largest = data.reduce((most, v) => Math.max(most, Math.abs(v)), 1)
  const taken = data.map((_, i) => actual.data[i * step] as number)
  close(taken, data, tolerance, name, (a, e) => Math.abs(a - e) / largest)
}

describe('layers of images agree with plain loops in NumPy', () => {
  test('each kind of the file is compared', () => {
    expect([...new Set(cases.map(({ kind }) => kind))].sort()).toEqual(Object.keys(kinds).sort())
  })

  eachRun(({ dtype, tolerance }) => {
    test.each(cases)('$name', (c) => {
      const actual = (kinds[c.kind] as Compute)(c, dtype)
      expect(Object.keys(actual).sort()).toEqual(Object.keys(c.outputs).sort())
      for (const [name, kept] of Object.entries(c.outputs))
        compare(actual[name] as Tensor, kept as Kept, tolerance, name)
    })
  })

  test('with what the notebook of cs231n prints', () => {
    const x = linspace(-0.1, 0.5, [2, 3, 4, 4])
    const [out] = convForward(x, linspace(-0.2, 0.3, [3, 3, 4, 4]), linspace(-0.1, 0.2, [3]), { stride: 2, pad: 1 })
    const printed = [
      [-0.08759809, -0.10987781, -0.18387192, -0.2109216, 0.21027089, 0.21661097, 0.22847626, 0.23004637],
      [0.50813986, 0.54309974, 0.64082444, 0.67101435, -0.98053589, -1.03143541, -1.19128892, -1.24695841],
      [0.69108355, 0.66880383, 0.59480972, 0.56776003, 2.36270298, 2.36904306, 2.38090835, 2.38247847],
    ]
    close(out, { shape: [2, 3, 2, 2], data: printed.flat() }, 1e-6)
  })
})
