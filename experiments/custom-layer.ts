// Your own layer in one screen: swish, y = x·σ(x), its gradient checked, a net trained with it, saved, and loaded in another process.
import { strokes } from '../src/data/index.ts'
import { loadNet, type Operators, predict, saveOnnx } from '../src/formats/index.ts'
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
  stateless,
  summary,
  type Tensor,
} from '../src/index.ts'
import { command, main, orFail, parse } from './support/cli.ts'
import { progress } from './support/progress.ts'
import { checkTraining, type TrainingFlags, training, trainingOptions } from './support/training.ts'

const swishForward = (x: Tensor) => {
  const [gate, gateCache] = sigmoidForward(x)
  const [out, productCache] = mulForward(x, gate)
  return [out, { gateCache, productCache }] as const
}

type SwishCache = ReturnType<typeof swishForward>[1]

const swishBackward = (dout: Tensor, cache: SwishCache): Tensor => {
  const [direct, dgate] = mulBackward(dout, cache.productCache)
  return addForward(direct, sigmoidBackward(dgate, cache.gateCache))[0]
}

const swishLayer = defineLayer('swish', () => ({
  ...stateless,
  forward: (x: Tensor) => swishForward(x),
  backward: (dy: Tensor, cache: SwishCache) => [swishBackward(dy, cache), {}] as const,
  predict: (x: Tensor) => swishForward(x)[0],
}))
const swish = swishLayer()

const program = trainingOptions(command('custom-layer', 'Adds swish to the library and trains a net with it.'))
  .option('--onnx <file>', 'write the trained net for onnxruntime')
  .option('--load <file>', 'train nothing: test a net that --save wrote')

main(async () => {
  const { onnx, load, ...flags } = parse<TrainingFlags & { onnx?: string; load?: string }>(program)
  const options = { updateRule: 'adam', optimConfig: { learningRate: 2e-3 }, numEpochs: 5 } as const
  checkTraining(flags, options)
  const { train, test } = orFail(strokes())
  const show = (p: Tensor) => console.log(`P(the first digit is a ${test.y[0]}) = ${p.data[test.y[0] as number]}`)
  if (load !== undefined) return show(predict(orFail(await loadNet(load, { layers: [swishLayer] })()), test.x))

  console.log(gradientCheckLayer(swish, [5]).text)
  const model = classifier(network([affine(64), swish, affine(10)]), { inShape: [28 * 28] })
  console.log(summary(model).text)
  const data = { xTrain: train.x, yTrain: train.y }
  const { result, finish } = await training(flags, model, data, options, progress())
  console.log(`test accuracy ${accuracy(model, result.weights, test.x, test.y).toFixed(4)}`)
  show(predict(model, result.weights, test.x))
  const net = { model, weights: result.weights }
  const operators: Operators = { swish: (x, { node }) => node('Mul', [x, node('Sigmoid', [x])]) }
  if (onnx !== undefined) orFail(await saveOnnx(onnx, net, { operators })())
  await finish({ title: 'A net with a layer of its own', settings: options, test })
})
