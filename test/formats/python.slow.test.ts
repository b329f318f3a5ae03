import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect } from 'vitest'
import { openCheckpoints } from '../../src/checkpoint/index.ts'
import { orThrow } from '../../src/errors/index.ts'
import {
  loadNpy,
  loadNpz,
  loadSafetensors,
  saveNpy,
  saveNpz,
  saveOnnx,
  saveSafetensors,
} from '../../src/formats/index.ts'
import { fullyConnectedNet } from '../../src/models/index.ts'
import { type Result, train } from '../../src/solver/index.ts'
import { linspace, type Tensor, type Tensors, tensor, zeros } from '../../src/tensor/index.ts'
import { withPython } from '../python.ts'
import { bitsOf, close, random } from '../support.ts'

const folder = mkdtempSync(join(tmpdir(), 'cachegrad-python-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const path = (name: string): string => join(folder, name)

const [safetensors, numpy, onnx] = [
  withPython('safetensors.numpy'),
  withPython('numpy'),
  withPython('onnx', 'onnxruntime', 'numpy'),
]
const here = { cwd: folder }

const tensors: Tensors = {
  W1: linspace(-1, 1, [3, 4]),
  b1: tensor([2], [0.1, Number.MIN_VALUE], 'float64'),
  scalar: tensor([], [7.5]),
  none: zeros([0, 3]),
}

describe('Python reads what is written here, and writes it back', { timeout: 120_000 }, () => {
  safetensors.test('safetensors', async () => {
    orThrow(await saveSafetensors(path('a.safetensors'), tensors, { k: 'é' })())
    const { stderr, stdout } = safetensors.run(
      [
        '-c',
        `
from safetensors import safe_open
from safetensors.numpy import load_file, save_file
save_file(load_file('a.safetensors'), 'b.safetensors')
print(safe_open('a.safetensors', 'np').metadata())`,
      ],
      here,
    )
    expect(stderr).toBe('')
    expect(stdout.trim()).toBe("{'k': 'é'}")
    expect(bitsOf(orThrow(await loadSafetensors(path('b.safetensors'))()).tensors)).toEqual(bitsOf(tensors))
  })

  safetensors.test('a checkpoint', async () => {
    const model = orThrow(
      fullyConnectedNet({ inputDim: 4, hiddenDims: [3], numClasses: 2, normalization: 'batchnorm' }),
    )
    const data = { xTrain: random(1, [8, 4], 'float32'), yTrain: [0, 1, 0, 1, 0, 1, 0, 1] }
    const options = { updateRule: 'adam', batchSize: 4, numEpochs: 1 } as const
    const checkpoints = orThrow(await openCheckpoints(path('run'), { model, data, options })())
    let result: Result | undefined
    for (const event of orThrow(train(model, data, options, checkpoints.from))) {
      await checkpoints.see(event)
      if (event._tag === 'Done') result = event.result
    }
    orThrow(await checkpoints.close())
    const { stderr, stdout } = safetensors.run(
      [
        '-c',
        `
import hashlib, json
from safetensors import safe_open
from safetensors.numpy import load_file, save_file
name = 'run/step-000000002.safetensors'
save_file(load_file(name), 'c.safetensors')
metadata = safe_open(name, 'np').metadata()
own, content = metadata['sha256'], open(name, 'rb').read()
print(hashlib.sha256(content.replace(own.encode(), b'0' * 64)).hexdigest() == own)
print(json.loads(metadata['state'])['description']['batchSize'])`,
      ],
      here,
    )
    expect(stderr).toBe('')
    expect(stdout.split('\n')).toEqual(['True', '4', ''])
    const { tensors } = orThrow(await loadSafetensors(path('c.safetensors'))())
    const under = (folder: string): Tensors =>
      Object.fromEntries(
        Object.entries(tensors).flatMap(([name, t]) =>
          name.startsWith(folder) ? [[name.slice(folder.length), t] as const] : [],
        ),
      )
    expect(bitsOf(under('weights/'))).toEqual(bitsOf(result?.lastWeights.params ?? {}))
    expect(bitsOf(under('statistics/'))).toEqual(bitsOf(result?.lastWeights.state ?? {}))
    expect(Object.keys(under('slots/W1/')).length).toBeGreaterThan(0)
    expect([...(under('history/').loss?.data ?? [])]).toEqual(result?.lossHistory)
  })

  numpy.test('npz and npy', async () => {
    orThrow(await saveNpz(path('a.npz'), tensors)())
    orThrow(await saveNpy(path('a.npy'), tensors.W1 as Tensor)())
    const { stderr } = numpy.run(
      [
        '-c',
        `
import numpy as np
np.savez_compressed('b.npz', **np.load('a.npz'))
np.save('b.npy', np.asfortranarray(np.load('a.npy')))`,
      ],
      here,
    )
    expect(stderr).toBe('')
    expect(bitsOf(orThrow(await loadNpz(path('b.npz'))()))).toEqual(bitsOf(tensors))
    expect(orThrow(await loadNpy(path('b.npy'))())).toEqual(tensors.W1)
  })

  onnx.test('onnx', async () => {
    const options = {
      inputDim: 6,
      hiddenDims: [5],
      numClasses: 3,
      normalization: 'batchnorm',
      activation: 'gelu',
    } as const
    const model = orThrow(fullyConnectedNet(options))
    const [weights, x] = [model.init(), random(1, [4, 6], 'float32')]
    orThrow(await saveOnnx(path('net.onnx'), { model, weights })())
    orThrow(await saveNpy(path('x.npy'), x)())
    const { stderr } = onnx.run(
      [
        '-c',
        `
import numpy as np, onnx, onnxruntime
onnx.checker.check_model(onnx.load('net.onnx'), full_check=True)
logits, probabilities = onnxruntime.InferenceSession('net.onnx').run(None, {'x': np.load('x.npy')})
np.save('logits.npy', logits)`,
      ],
      here,
    )
    expect(stderr).toBe('')
    close(orThrow(await loadNpy(path('logits.npy'))()), model.scores(weights, x), 1e-5)
  })
})
