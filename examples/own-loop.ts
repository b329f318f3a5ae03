// A two-layer net without a model and without a solver: pairs of functions, softmax, and one line of gradient descent.
import {
  affineBackward,
  affineForward,
  affineReluBackward,
  affineReluForward,
  key,
  normal,
  sgd,
  softmaxLoss,
  type Tensor,
  zeros,
} from 'cachegrad'

const move = (p: Tensor, dp: Tensor): Tensor => sgd(p, dp, { learningRate: 0.5 })[0]
// Points of the plane; their class is the ring that they are in, which no straight line finds.
const x = normal(key(0), [300, 2], 1)
const distanceOf = (i: number): number => Math.hypot(x.data[2 * i] ?? 0, x.data[2 * i + 1] ?? 0)
const y = Int32Array.from({ length: 300 }, (_, i) => Math.min(2, Math.floor(distanceOf(i))))
let [w1, b1, w2, b2] = [normal(key(1), [2, 32], 0.7), zeros([32]), normal(key(2), [32, 3], 0.2), zeros([3])]
let loss = Number.NaN
for (let step = 0; step < 600; step++) {
  const [h, hiddenCache] = affineReluForward(x, w1, b1)
  const [scores, scoresCache] = affineForward(h, w2, b2)
  const [batchLoss, dscores] = softmaxLoss(scores, y)
  const [dh, dw2, db2] = affineBackward(dscores, scoresCache)
  const [, dw1, db1] = affineReluBackward(dh, hiddenCache)
  ;[loss, w1, b1, w2, b2] = [batchLoss, move(w1, dw1), move(b1, db1), move(w2, dw2), move(b2, db2)]
}
console.log(loss < 0.2 ? 'learned' : 'not learned', loss.toFixed(3))
