// Your own layer in one screen: swish, y = x·σ(x), its gradient checked, and a net trained with it.
import { strokes } from '../src/data/index.ts'
import {
  accuracy,
  addForward,
  affine,
  classifier,
  defineLayer,
  gradientCheckLayer,
  mulBackward,
  mulForward,
  network,
  sigmoidBackward,
  sigmoidForward,
  solve,
  stateless,
  summary,
  type Tensor,
} from '../src/index.ts'
import { command, main, orFail, parse } from './support/cli.ts'

const swishForward = (x: Tensor) => {
  const [gate, gateCache] = sigmoidForward(x)
  const [out, productCache] = mulForward(x, gate)
  return [out, { gateCache, productCache }] as const
}

const swishBackward = (dout: Tensor, cache: ReturnType<typeof swishForward>[1]): Tensor => {
  const [direct, dgate] = mulBackward(dout, cache.productCache)
  const through = sigmoidBackward(dgate, cache.gateCache)
  return addForward(direct, through)[0]
}

const swish = defineLayer('swish', () => ({
  ...stateless,
  forward: (x: Tensor) => swishForward(x),
  backward: (dy: Tensor, cache: ReturnType<typeof swishForward>[1]) => [swishBackward(dy, cache), {}] as const,
  predict: (x: Tensor) => swishForward(x)[0],
}))()

main(() => {
  parse(command('custom-layer', 'Adds swish to the library, checks its gradient and trains a net with it.'))
  console.log(gradientCheckLayer(swish, [5]).text)

  const net = network([affine(64), swish, affine(10)])
  const model = classifier(net, { inShape: [28 * 28] })
  console.log(summary(model).text)
  const { train, test } = orFail(strokes())
  const options = { updateRule: 'adam', optimConfig: { learningRate: 2e-3 }, numEpochs: 5 } as const
  const { weights } = orFail(solve(model, { xTrain: train.x, yTrain: train.y }, options))
  console.log(`test accuracy ${accuracy(model, weights, test.x, test.y).toFixed(4)}`)
})
