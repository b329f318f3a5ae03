// A run that survives: it is stopped in the middle, goes on from its folder, and ends as if nothing had happened.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fullyConnectedNet, orThrow, solve, train } from 'cachegrad'
import { openCheckpoints } from 'cachegrad/checkpoint'
import { strokes } from 'cachegrad/data'

const folder = join(mkdtempSync(join(tmpdir(), 'cachegrad-')), 'run')
const digits = orThrow(strokes({ numTrain: 1000, numTest: 10 }))
const data = { xTrain: digits.train.x, yTrain: digits.train.y }
const model = orThrow(fullyConnectedNet({ inputDim: 784, hiddenDims: [32], numClasses: 10 }))
const options = { updateRule: 'adam', numEpochs: 4, seed: 7 } as const

const run = async (stopAfter: number): Promise<number> => {
  const checkpoints = orThrow(await openCheckpoints(folder, { model, data, options }, { resume: true, every: 5 })())
  let loss = Number.NaN
  for (const event of orThrow(train(model, data, options, checkpoints.from))) {
    await checkpoints.see(event)
    if (event._tag === 'Step') loss = event.loss
    if (event._tag === 'Step' && event.step === stopAfter) break
  }
  return loss
}
await run(17)
console.log('the same bits:', (await run(Infinity)) === orThrow(solve(model, data, options)).lossHistory.at(-1)) // true
