// Numerical against backpropagated gradient of a 784-50-10 net on three images, as in the book: mean absolute difference for each weight.
import { decode, key, numericalGradient, sliceRows, type Tensor, twoLayerNet } from '../src/index.ts'
import { command, main, orFail, parse } from './support/cli.ts'
import { type DatasetOptions, datasetOptions, loadDataset } from './support/dataset.ts'

const IMAGES = 3

const meanAbsoluteDifference = (a: Tensor, b: Tensor): number =>
  Array.from(a.data, (v, i) => Math.abs(v - (b.data[i] as number))).reduce((sum, d) => sum + d, 0) / a.data.length

main(async () => {
  const flags = parse<DatasetOptions>(
    datasetOptions(command('mnist-gradient-check', 'Numerical against backpropagated gradients, float64.')),
  )
  const { train } = orFail(await loadDataset(flags)())
  const batch = { x: decode(sliceRows(train.x, 0, IMAGES), 'float64'), y: train.y.subarray(0, IMAGES) }
  const model = orFail(
    twoLayerNet({ inputDim: 28 * 28, hiddenDim: 50, numClasses: 10, weightScale: 0.01, dtype: 'float64' }),
  )
  const { params, state } = model.init(key(0))
  const { grads } = model.loss({ params, state }, batch, key(0))
  for (const name of Object.keys(params)) {
    const loss = (w: Tensor): number => model.loss({ params: { ...params, [name]: w }, state }, batch, key(0)).loss
    const numerical = numericalGradient(loss, params[name] as Tensor, 1e-4)
    console.log(`${name}: ${meanAbsoluteDifference(grads[name] as Tensor, numerical).toExponential(3)}`)
  }
})
