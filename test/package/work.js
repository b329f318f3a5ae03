// A program that uses each entry of the package, in Node as in a page; `net` is a file that Node saved.

import {
  affine,
  avgPool,
  backend,
  classifier,
  conv,
  flatten,
  fullyConnectedNet,
  network,
  orThrow,
  relu,
  runToEnd,
  solve,
  train,
} from 'cachegrad'
import { decodeCheckpoint, encodeCheckpoint } from 'cachegrad/checkpoint'
import { decodeCsv, decodePicture, strokes } from 'cachegrad/data'
import { decodeNet, decodeNpz, encodeNet, encodeNpz, encodeOnnx, predict } from 'cachegrad/formats'
import { addRelaxed } from 'cachegrad/relaxed'
import { recorder, reportPage } from 'cachegrad/report'
import { quasiRandom, runSweep, sweep, uniform } from 'cachegrad/sweep'

const options = { updateRule: 'adam', optimConfig: { learningRate: 2e-3 }, numEpochs: 3, batchSize: 50, seed: 1 }

const digits = (numTrain = 600) => {
  const { train, test } = orThrow(strokes({ numTrain, numTest: 200 }))
  return { xTrain: train.x, yTrain: train.y, xVal: test.x, yVal: test.y }
}

/** Numbers that are the same wherever this runs, by wasm without relaxed SIMD. */
export const work = async (net) => {
  const data = digits()
  const model = orThrow(fullyConnectedNet({ inputDim: 784, hiddenDims: [32] }))
  const seen = recorder({ model, data })
  let checkpoint
  const result = await runToEnd(orThrow(train(model, data, options)), [
    seen,
    {
      see: (event) => {
        if (event._tag === 'Epoch') {
          checkpoint = encodeCheckpoint({ run: event.run, description: {}, backend: 'any', library: '0' })
        }
      },
    },
  ])
  const page = reportPage(seen.finish())
  const images = classifier(network([conv(16), relu, conv(16), avgPool(2), flatten, affine(10)]), {
    inShape: [1, 28, 28],
  })
  const few = { ...digits(100), xVal: undefined, yVal: undefined }
  const { lossHistory } = orThrow(solve(images, few, { ...options, numEpochs: 1 }))
  const study = sweep({
    space: { x: uniform(-1, 1) },
    objective: ({ params }) => params.x ** 2,
    ...{ direction: 'minimize', sampler: quasiRandom(), trials: 8 },
  })
  const swept = orThrow(await runSweep(orThrow(study))())
  const loaded = orThrow(decodeNet('net', net))
  const table = orThrow(decodeCsv('t', 'a,b\n1,2\n3,4\n', { target: 'b' }))
  const arrays = orThrow(decodeNpz('a', encodeNpz({ w: result.weights.params.W2 })))
  return {
    losses: result.lossHistory,
    accuracy: result.valScoreHistory.at(-1),
    convolution: [...lossHistory],
    probabilities: [...predict(loaded, data.xVal).data],
    again: encodeNet(loaded).length === net.length,
    onnx: encodeOnnx(loaded).length,
    checkpoint: orThrow(decodeCheckpoint('c', checkpoint)).run.lossHistory.length,
    best: swept.best.value,
    rows: table.x.shape,
    npz: [...arrays.w.data].every((value, i) => value === result.weights.params.W2.data[i]),
    picture: decodePicture('p', new Uint8Array(9))._tag,
    page: page.includes('<svg') && page.includes('data:image/png;base64,'),
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve))

/** Trains for so many steps; what is held of memory can be looked at before and after. */
export const steps = async (count) => {
  const model = orThrow(fullyConnectedNet({ inputDim: 784, hiddenDims: [100] }))
  const data = digits(1000)
  const begin = performance.now()
  let step = 0
  for (const event of orThrow(train(model, data, { ...options, batchSize: 100, numEpochs: 1e6 }))) {
    if (event._tag === 'Step' && ++step === count) break
    if (step % 100 === 0) await pause()
  }
  return performance.now() - begin
}

/** The longest time between two frames while a run lets the page have its turns, and how much longer it takes than one that does not. */
export const frames = async () => {
  const model = orThrow(fullyConnectedNet({ inputDim: 784, hiddenDims: [100] }))
  const data = digits(3000)
  const events = () => orThrow(train(model, data, { ...options, batchSize: 100, numEpochs: 30 }))
  const timed = async (work) => {
    await pause()
    const begin = performance.now()
    await work()
    return performance.now() - begin
  }
  let [last, longest, isOver] = [performance.now(), 0, false]
  const watch = (now) => {
    longest = Math.max(longest, now - last)
    last = now
    if (!isOver) requestAnimationFrame(watch)
  }
  const alone = async () => {
    for (const _ of events());
  }
  await timed(alone)
  const [before, paced, after] = [
    await timed(alone),
    await timed(async () => {
      last = performance.now()
      requestAnimationFrame(watch)
      await runToEnd(events())
      isOver = true
    }),
    await timed(alone),
  ]
  return { longest, slower: (2 * paced) / (before + after) - 1, paced }
}

export const relaxed = () => addRelaxed()

globalThis.cachegrad = { work, steps, frames, relaxed, backend }
