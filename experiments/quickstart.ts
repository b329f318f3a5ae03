// Trains a fully connected net on 12,000 handwritten digits. It needs no files and no network.
import { strokes } from '../src/data/index.ts'
import { accuracy, backend, classify, decode, fullyConnectedNet, holdOut, sliceRows, summary } from '../src/index.ts'
import { command, main, orFail, parse } from './support/cli.ts'
import { sideBySide } from './support/picture.ts'
import { progress } from './support/progress.ts'
import { type TrainingFlags, training, trainingOptions } from './support/training.ts'

const HELD_OUT = 1000 // training images kept for validation
const SHOWN = 3

const program = trainingOptions(
  command('quickstart', 'Trains a net with one hidden layer of 100 units on digits drawn from pen strokes.'),
)

main(async () => {
  const flags = parse<TrainingFlags>(program)
  const { name, description, note } = backend()
  console.log(`backend: ${description}${note === undefined ? '' : ` (${note})`}`)

  const { train: all, test } = orFail(strokes())
  const data = orFail(holdOut(all, HELD_OUT))

  const net = { inputDim: 28 * 28, hiddenDims: [100], numClasses: 10 }
  const solver = { updateRule: 'adam', optimConfig: { learningRate: 2e-3 }, schedule: 'cosine', numEpochs: 10 } as const
  const model = orFail(fullyConnectedNet(net))
  console.log(summary(model).text)
  const { result, steps, seconds, isWhole, finish } = await training(flags, model, data, solver, progress())
  const details = { title: 'Quickstart: handwritten strokes', settings: { ...net, ...solver } }
  if (!isWhole) return finish(details)
  console.log(`${steps} steps in ${seconds.toFixed(1)} s, ${(steps / seconds).toFixed(0)} steps/s with ${name}`)
  console.log(
    `test accuracy ${accuracy(model, result.weights, test.x, test.y).toFixed(4)} on ${test.y.length} new digits`,
  )

  const guesses = classify(model, result.weights, sliceRows(test.x, 0, SHOWN))
  const captions = Array.from(guesses, (guess, i) => `  a ${test.y[i]}, read as ${guess}`)
  console.log(sideBySide(decode(sliceRows(test.x, 0, SHOWN)), captions))
  await finish({ ...details, test })
})
