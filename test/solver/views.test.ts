import { describe, expect, test } from 'vitest'
import { affine, flatten, network } from '../../src/layers/index.ts'
import { classifier } from '../../src/models/index.ts'
import { accuracy, evaluate, predict, type Views } from '../../src/solver/index.ts'
import { argmaxRows, bytes, decode, reshape, type Tensor } from '../../src/tensor/index.ts'
import { bitsOf, close, eachRun, goldenCase, tensorFrom } from '../support.ts'

const { inputs, outputs } = goldenCase('methods', 'views')
const all = ['mirror', 'mirrorAndShift'] as const
const y = [0, 1, 2, 0]

const netOf = (dtype: 'float32' | 'float64', inShape: readonly number[] = [2, 3, 5]) => ({
  model: classifier(network([flatten, affine(3)]), { inShape, dtype }),
  weights: { params: { W1: tensorFrom(inputs.w, dtype), b1: tensorFrom(inputs.b, dtype) }, state: {} },
})

describe('views', () => {
  eachRun(({ dtype, tolerance }) => {
    test.each(all)('%s: probabilities are those of PyTorch', (views) => {
      const { model, weights } = netOf(dtype)
      const x = tensorFrom(inputs.x, dtype)
      close(predict(model, weights, x), tensorFrom(outputs.plain, 'float64'), tolerance, 'plain')
      const expected = tensorFrom(outputs[views], 'float64')
      close(predict(model, weights, x, { views }), expected, tolerance, views)
      close(predict({ model, weights }, x, { views }), expected, tolerance, views)
      // Rows of numbers are images where the net says so.
      close(predict(model, weights, reshape(x, [4, 30]), { views }), expected, tolerance, views)
    })
  })

  test.each(all)('%s: evaluate tells them beside the plain figures, accuracy alone', (views) => {
    const { model, weights } = netOf('float64')
    const x = tensorFrom(inputs.x, 'float64')
    const right = (p: Tensor): number => argmaxRows(p).filter((c, i) => c === y[i]).length / 4
    const { loss, accuracy: plain } = evaluate(model, weights, { x, y })
    const told = evaluate(model, weights, { x, y }, { views })
    const seen = tensorFrom(outputs[views], 'float64')
    const viewsLoss = -y.reduce((sum, label, i) => sum + Math.log(seen.data[3 * i + label] as number), 0) / 4
    expect(told).toMatchObject({ loss, accuracy: plain, viewsAccuracy: right(seen) })
    expect(told.viewsLoss).toBeCloseTo(viewsLoss, 12)
    expect(accuracy(model, weights, x, y, { views })).toBe(right(seen))
    expect(accuracy(model, weights, x, y)).toBe(plain)
  })

  test('bytes are seen as they are decoded, also by a net of flat rows', () => {
    const images = bytes(
      [4, 2, 3, 5],
      Uint8Array.from({ length: 120 }, (_, i) => (i * 37) % 256),
      9,
      0.02,
    )
    const { model, weights } = netOf('float32', [30])
    for (const views of all) {
      const p = predict(model, weights, images, { views })
      expect(bitsOf({ p })).toEqual(bitsOf({ p: predict(model, weights, decode(images), { views }) }))
    }
  })

  test('a mirror image has the same answer', () => {
    const { model, weights } = netOf('float64')
    const x = tensorFrom(inputs.x, 'float64')
    const mirrored = { ...x, data: x.data.map((_, i) => x.data[i - (i % 5) + 4 - (i % 5)] as number) } as Tensor
    close(
      predict(model, weights, mirrored, { views: 'mirror' }),
      predict(model, weights, x, { views: 'mirror' }),
      1e-15,
    )
  })

  test('what does not fit is told of', () => {
    const { model, weights } = netOf('float64', [30])
    const x = reshape(tensorFrom(inputs.x, 'float64'), [4, 30])
    expect(() => accuracy(model, weights, x, y, { views: 'mirror' })).toThrow(
      'accuracy: views need images of shape (N, …, H, W), but x has shape (4, 30); load the data set with flatten: false, or leave views out',
    )
    const line = reshape(x, [4, 1, 1, 30])
    expect(() => predict(model, weights, line, { views: 'mirrorAndShift' })).toThrow(
      'predict: views need images of shape (N, …, H, W) of at least 2×2 pixels, but x has shape (4, 1, 1, 30); load the data set with flatten: false, or leave views out',
    )
    expect(() => evaluate(model, weights, { x, y }, { views: 'miror' as Views })).toThrow(
      "evaluate: views must be one of 'mirror', 'mirrorAndShift', but got 'miror'; did you mean 'mirror'?",
    )
    expect(() => accuracy(model, weights, x, y, { view: 'mirror' } as never)).toThrow(
      "accuracy: unknown option 'view'; did you mean 'views'?",
    )
  })
})
