import { orThrow } from '../../../src/errors/index.ts'
import { affine, batchnorm, conv, flatten, gelu, maxPool, network, scale } from '../../../src/layers/index.ts'
import { classifier } from '../../../src/models/index.ts'
import { key, randomIndices } from '../../../src/random/index.ts'
import { solve } from '../../../src/solver/index.ts'
import { choice, logUniform, random, sweep, uniform } from '../../../src/sweep/index.ts'
import { bytes } from '../../../src/tensor/index.ts'

// All methods of image training at once, with parameters of the study.

export default sweep({
  space: {
    learningRate: logUniform(1e-3, 1e-1),
    biasScale: logUniform(1, 64),
    weightDecay: logUniform(1e-4, 1e-1),
    decay: uniform(0.5, 0.98),
    flip: choice([true, 'alternate']),
    border: choice(['zero', 'reflect']),
  },
  data: () => {
    const x = bytes([80, 1, 8, 8], Uint8Array.from(randomIndices(key(1), 80 * 64, 256)), 128, 1 / 64)
    const y = randomIndices(key(2), 80, 3)
    return { xTrain: x, yTrain: y, xVal: x, yVal: y }
  },
  objective: ({ params, seed }, data) => {
    const { learningRate, biasScale, weightDecay, decay, flip, border } = params
    const net = network([
      ...[conv(8, { filterSize: 2, weightScale: 'whitening' }), gelu],
      ...[conv(8, { pad: 'same', weightScale: 'dirac', bias: false }), maxPool(2), batchnorm({ scale: false }), gelu],
      ...[flatten, affine(3), scale(1 / 9)],
    ])
    const { lossHistory } = orThrow(
      solve(classifier(net, { inShape: [1, 8, 8] }), data, {
        updateRule: 'nesterov',
        optimConfig: { learningRate, weightDecay },
        groups: [
          { match: 'W1', frozen: true },
          { match: 'b1', frozen: { from: 1 } },
          { match: 'beta', learningRateScale: biasScale, weightDecay: 0 },
        ],
        schedule: 'piecewiseLinear',
        scheduleConfig: {
          points: [
            [0, 0.2],
            [0.25, 1],
            [1, 0],
          ],
        },
        average: { decay },
        augment: { flip, shift: 2, border },
        batchSize: 20,
        numEpochs: 1.75,
        seed,
      }),
    )
    return lossHistory.reduce((sum, loss) => sum + loss, 0)
  },
  direction: 'minimize',
  sampler: random(),
  trials: 6,
  seed: 3,
})
