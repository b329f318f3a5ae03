import { describe, expect, test } from 'vitest'
import { ShapeError } from '../../src/errors/index.ts'
import { identity, outlineOf } from '../../src/layers/index.ts'
import { confusionMatrix, perClassAccuracy } from '../../src/metrics/index.ts'
import { classification, fullyConnectedNet, type Model } from '../../src/models/index.ts'
import { accuracy, classify } from '../../src/solver/index.ts'
import { argmaxRows, bytes, decode, oneHot, tensor, zeros } from '../../src/tensor/index.ts'
import { eachBackend, random, right } from '../support.ts'

/** Its scores are its inputs. */
const echo: Model = {
  inShape: [2],
  outShape: [2],
  dtype: 'float32',
  task: classification(),
  init: () => ({ params: {}, state: {} }),
  loss: () => ({ loss: 0, grads: {}, state: {} }),
  scores: (_weights, x) => x,
}
const none = echo.init()

describe('classify and accuracy', () => {
  eachBackend(() => {
    test('work in batches and give what one pass gives', () => {
      const x = random(1, [1203, 7], 'float32')
      const model = right(fullyConnectedNet({ inputDim: 7, hiddenDims: [5], numClasses: 4 }))
      const weights = model.init()
      expect([...classify(model, weights, x)]).toEqual([...argmaxRows(model.scores(weights, x))])
    })
  })

  test('batches have as many rows as their temporaries leave room for, in order', () => {
    const sizes: number[] = []
    const model: Model = {
      ...echo,
      // 32 MB are 500 rows of so many numbers: the 2 of an example and what leaves the net's layers.
      outline: { ...outlineOf(identity, [2]), floats: 2 ** 23 / 500 - 2 },
      scores: (_weights, x) => {
        sizes.push(x.shape[0] as number)
        return x
      },
    }
    expect(classify(model, none, zeros([1203, 2])).length).toBe(1203)
    expect(sizes).toEqual([500, 500, 203])
  })

  test('accuracy is a fraction of 1', () => {
    const x = tensor([4, 2], [1, 0, 0, 1, 1, 0, 0, 1])
    expect(accuracy(echo, none, x, [0, 1, 1, 1])).toBe(0.75)
    expect(accuracy(echo, none, x, oneHot([1, 0, 1, 0], 2))).toBe(0)
    expect(accuracy(echo, none, zeros([0, 2]), [])).toBeNaN()
  })

  test('bytes are decoded', () => {
    const rows = bytes([3, 2], new Uint8Array([9, 1, 2, 8, 7, 7]), 0, -1)
    expect([...classify(echo, none, rows)]).toEqual([...argmaxRows(decode(rows))])
    expect([...classify(echo, none, rows)]).toEqual([1, 0, 0])
  })

  test('each row needs a label', () => {
    expect(() => accuracy(echo, none, zeros([3, 2]), [0])).toThrow(
      new ShapeError('accuracy: x has 3 rows, but y has 1 labels'),
    )
  })
})

describe('confusionMatrix and perClassAccuracy', () => {
  test('rows are the true classes', () => {
    const matrix = confusionMatrix(new Int32Array([0, 1, 1, 2, 0]), [0, 0, 1, 2, 2], 4)
    expect(matrix).toEqual([
      [1, 1, 0, 0],
      [0, 1, 0, 0],
      [1, 0, 1, 0],
      [0, 0, 0, 0],
    ])
    expect(perClassAccuracy(matrix)).toEqual([0.5, 1, 0.5, Number.NaN])
  })

  test('takes one-hot labels', () => {
    expect(confusionMatrix(new Int32Array([1, 1]), oneHot([0, 1], 2), 2)).toEqual([
      [0, 1],
      [0, 1],
    ])
  })

  test('refuses other numbers and classes', () => {
    expect(() => confusionMatrix(new Int32Array(2), [0], 2)).toThrow(
      new ShapeError('confusionMatrix: 2 predictions, but 1 labels'),
    )
    expect(() => confusionMatrix(new Int32Array([0, 5]), [0, 1], 2)).toThrow(/row 1 has 5/)
    expect(() => confusionMatrix(new Int32Array([0, 0]), [0, 2], 2)).toThrow(/row 1 has 2/)
  })
})
