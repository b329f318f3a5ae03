import { classification, type Model } from '../../src/models/index.ts'
import type { Key } from '../../src/random/index.ts'
import { ones, range, type Tensor, tensor } from '../../src/tensor/index.ts'

/** n examples, example i is the number i, of two classes. */
export const numbered = (n: number) => ({
  x: tensor([n, 1], range(0, n)),
  y: Array.from({ length: n }, (_, i) => i % 2),
})

/** A model that learns nothing and notes which examples it was shown. */
export const recorder = () => {
  const batches: number[][] = []
  const evaluated: number[][] = []
  const keys: Key[] = []
  const model: Model = {
    inShape: [1],
    outShape: [2],
    dtype: 'float32',
    task: classification(),
    init: () => ({ params: { W1: ones([1]) }, state: {} }),
    loss: (_weights, { x, y }, key) => {
      batches.push([...x.data])
      keys.push(key)
      // Labels must still belong to their examples.
      const wrong = [...x.data].findIndex((v, i) => v % 2 !== (y as Int32Array)[i])
      if (wrong >= 0) throw new Error(`example ${x.data[wrong]} came with label ${(y as Int32Array)[wrong]}`)
      return { loss: batches.length, grads: { W1: ones([1]) }, state: {} }
    },
    scores: (_weights, x: Tensor) => {
      evaluated.push([...x.data])
      return tensor(
        [x.shape[0] as number, 2],
        Array.from({ length: 2 * (x.shape[0] as number) }, (_, i) => 1 - (i % 2)),
      )
    },
  }
  return { model, batches, evaluated, keys }
}
