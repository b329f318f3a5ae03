import { createHash } from 'node:crypto'
import { encodeCheckpoint, readCheckpoint } from '../../../src/checkpoint/index.ts'
import { orThrow } from '../../../src/errors/index.ts'
import { decodeSafetensors, encodeSafetensors } from '../../../src/formats/index.ts'
import { tensor } from '../../../src/tensor/index.ts'
import { oddJson, oddlyChanged } from '../hostileJson.ts'
import { fromFile, type Hostile, plain, type Target } from '../target.ts'
import { changedHeader } from './safetensors.ts'

const w = tensor([2], [1, 2])
const config = { learningRate: 0.1, momentum: 0.9, velocity: w }
const weights = { params: { w }, state: { mean: w } }

const seed = encodeCheckpoint({
  run: {
    weights,
    configs: { w: config },
    best: { epoch: 1, step: 2, valScore: 0.5, weights },
    plateau: { best: Number.NEGATIVE_INFINITY, waited: 0, factor: 1 },
    stepsPerEpoch: 2,
    lossHistory: [2, 1],
    learningRateHistory: [0.1, 0.1],
    trainScoreHistory: [0, 0.5],
    valScoreHistory: [0, 0.5],
  },
  description: { batchSize: 2 },
  backend: 'js',
  library: '0.0.0',
})

const { tensors, metadata } = orThrow(decodeSafetensors('seed', seed))

/** With the right sum, so that what the file says is looked at. */
const summed = (changes: Readonly<Record<string, string>>): Uint8Array => {
  const zeros = '0'.repeat(64)
  const bytes = Buffer.from(encodeSafetensors(tensors, { ...metadata, sha256: zeros, ...changes }))
  const sum = createHash('sha256').update(bytes).digest('hex')
  bytes.write(sum, bytes.indexOf(zeros), 'latin1')
  return bytes
}

const state: Hostile = (draw) =>
  summed({ state: draw.oneOf([() => oddlyChanged(draw, metadata.state ?? ''), () => oddJson(draw)])() })

const others: Hostile = (draw) => summed({ [draw.oneOf(['checkpoint', 'library', 'hash'])]: oddJson(draw) })

export const checkpointTarget: Target = {
  name: 'checkpoint',
  seeds: [seed],
  read: fromFile(readCheckpoint),
  hostile: { header: changedHeader([seed]), state, others },
  justified: plain,
}
