// Your own layer in one screen: swish, y = x·σ(x), its gradient checked, and a net trained with it.
import { strokes } from '../src/data/index.ts'
import {
  accuracy,
  addForward,
  affine,
  at,
  classifier,
  gradientCheckLayer,
  type Layer,
  mulBackward,
  mulForward,
  type None,
  sequence,
  sigmoidBackward,
  sigmoidForward,
  solve,
  stateless,
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

const swish: Layer<None, None, ReturnType<typeof swishForward>[1]> = {
  ...stateless,
  forward: (x) => swishForward(x),
  backward: (dy, cache) => [swishBackward(dy, cache), {}],
  predict: (x) => swishForward(x)[0],
}

main(() => {
  parse(command('custom-layer', 'Adds swish to the library, checks its gradient and trains a net with it.'))
  console.log(gradientCheckLayer(swish, [5]).text)

  const net = sequence([at(1)(affine(64)), swish, at(2)(affine(10))])
  const model = classifier(net, { inShape: [28 * 28] })
  const { train, test } = orFail(strokes())
  const options = { updateRule: 'adam', optimConfig: { learningRate: 2e-3 }, numEpochs: 5 } as const
  const { weights } = orFail(solve(model, { xTrain: train.x, yTrain: train.y }, options))
  console.log(`test accuracy ${accuracy(model, weights, test.x, test.y).toFixed(4)}`)
})
