// A layer of your own, swish(x) = x·sigmoid(x): two functions, a check of its gradient, and a net that has it.

import type { Layer, None, Tensor } from 'cachegrad'
import { affine, classifier, defineLayer, gradientCheckLayer, network, stateless } from 'cachegrad'

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v))

const swish = defineLayer('swish', (): Layer<None, None, Tensor> => {
  const forward = (x: Tensor): Tensor => ({ shape: x.shape, data: x.data.map((v) => v * sigmoid(v)) })
  const slope = (v: number): number => sigmoid(v) * (1 + v * (1 - sigmoid(v)))
  return {
    ...stateless,
    forward: (x) => [forward(x), x],
    backward: (dy, x) => [{ shape: x.shape, data: dy.data.map((d, i) => d * slope(x.data[i] ?? 0)) }, {}],
    predict: (x) => forward(x),
  }
})

const { error } = gradientCheckLayer(swish(), [6])
console.log('gradient', error < 1e-8 ? 'right' : `wrong by ${error}`) // gradient right

const model = classifier(network([affine(8), swish(), affine(3)]), { inShape: [4] })
console.log('can be saved as', JSON.stringify(model.spec))
