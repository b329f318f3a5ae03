// brain.js knows sums of squares and updates after every example: its own work on as many examples as a batch has.
import { createRequire } from 'node:module'
import brain from 'brain.js'
import { dataOf, serve, timed, unable, workload } from './serve.mjs'

const { inputDim, hiddenDims, numClasses, batchSize, rule, learningRate, batchnorm, keepProb, rows, evaluate } =
  workload()
if (batchnorm) unable('no batch normalisation')
if (keepProb < 1) unable('no dropout')
if (rule !== 'sgd') unable('its Adam updates after every example')
if (evaluate) unable('no evaluation in batches')

const { version } = createRequire(import.meta.url)('brain.js/package.json')
const { x, y } = dataOf(rows, inputDim, numClasses)
// One update per example instead of one per batch, and relu on the outputs too, which die at larger rates.
const net = new brain.NeuralNetwork({ activation: 'relu' })
net.updateTrainingOptions({ learningRate: (0.1 * learningRate) / batchSize })
// The check of the options refuses a momentum of zero, which is what plain sgd is.
net.trainOpts.momentum = 0
net.sizes = [inputDim, ...hiddenDims, numClasses]
net.initialize()

const targets = Array.from({ length: numClasses }, (_, label) =>
  Float32Array.from({ length: numClasses }, (_, i) => Number(i === label)),
)
const mean = new Float32Array(inputDim).fill(127.5)
const scale = new Float32Array(inputDim).fill(1 / 73.9)
const input = new Float32Array(inputDim)

const one = () => {
  let loss = 0
  for (let i = 0; i < batchSize; i++) {
    const row = Math.floor(Math.random() * rows)
    for (let j = 0, from = row * inputDim; j < inputDim; j++) input[j] = (x[from++] - mean[j]) * scale[j]
    loss += net.trainPattern({ input, output: targets[y[row]] }, true)
  }
  return loss / batchSize
}

await serve(`brain.js ${version}, JavaScript, 1 thread`, timed(one))
