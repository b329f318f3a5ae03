import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { affine, batchnorm, type Net, network, relu, residual, shared } from '../../src/layers/index.ts'
import { classifier, fullyConnectedNet, summary } from '../../src/models/index.ts'
import type { Tensors } from '../../src/tensor/index.ts'
import { randomNet } from '../layers/randomNets.ts'
import { right } from '../support.ts'

const numbersIn = (tensors: Tensors): number => Object.values(tensors).reduce((sum, { data }) => sum + data.length, 0)

describe('summary', () => {
  test('of a net as cs231n has it', () => {
    const model = right(
      fullyConnectedNet({ inputDim: 784, hiddenDims: [100], normalization: 'batchnorm', keepProb: 0.5 }),
    )
    expect(summary(model).text.split('\n')).toEqual([
      'layer       output  parameters  multiplications',
      'input       (784,)',
      'affine1     (100,)      78,500           78,400',
      'batchnorm1  (100,)         200              100',
      'relu1       (100,)           0                0',
      'dropout1    (100,)           0                0',
      'affine2     (10,)        1,010            1,000',
      'total                   79,710           79,500',
      '79,710 parameters and 200 running statistics, 319.6 kB as float32',
    ])
  })

  test('counts what is shared once, and a residual by its parts', () => {
    const tied = shared('tied', affine(4)) as Net
    const model = classifier(network([tied, relu, residual([tied, relu, tied]), tied, affine(2)]), { inShape: [4] })
    expect(
      summary(model).rows.map(({ name, parameters, multiplications }) => [name, parameters, multiplications]),
    ).toEqual([
      ['affine1', 20, 16],
      ['relu1', 0, 0],
      ['residual1.affine1', 20, 16],
      ['residual1.relu1', 0, 0],
      ['residual1.affine2', 0, 16],
      ['residual1', 0, 0],
      ['affine2', 0, 16],
      ['affine3', 10, 8],
    ])
  })

  test('its counts are the sizes of the weights', () => {
    fc.assert(
      fc.property(randomNet, ({ net, inShape }) => {
        const model = classifier(network([net, affine(3)]), { inShape, dtype: 'float64' })
        const { params, state } = model.init()
        const { rows, parameters, statistics, multiplications, bytes } = summary(model)
        expect([parameters, statistics]).toEqual([numbersIn(params), numbersIn(state)])
        expect(bytes).toBe(8 * (parameters + statistics))
        expect(rows.reduce((sum, row) => sum + row.parameters, 0)).toBe(parameters)
        expect(rows.reduce((sum, row) => sum + row.multiplications, 0)).toBe(multiplications)
      }),
      { numRuns: 100 },
    )
  })

  test('draws nothing: a net of 2^50 weights has one', () => {
    const model = classifier(network([affine(2 ** 30), batchnorm(), affine(2)]), { inShape: [2 ** 20] })
    expect(summary(model).parameters).toBe(2 ** 50 + 2 ** 30 + 2 ** 31 + 2 ** 31 + 2)
  })
})
