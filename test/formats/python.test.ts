import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openCheckpoints } from '../../src/checkpoint/index.ts'
import {
  decodeNpz,
  loadNpy,
  loadNpz,
  loadSafetensors,
  saveNpy,
  saveNpz,
  saveOnnx,
  saveSafetensors,
  transpose,
  weightsFrom,
} from '../../src/formats/index.ts'
import { fullyConnectedNet } from '../../src/models/index.ts'
import { type Result, train } from '../../src/solver/index.ts'
import { linspace, orThrow, type Tensor, type Tensors, tensor, zeros } from '../../src/tensor/index.ts'
import { bitsOf, close, random } from '../support.ts'
import { fixture } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'cachegrad-python-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const path = (name: string): string => join(folder, name)

const python = (program: string) => spawnSync('python3', ['-c', program], { cwd: folder, encoding: 'utf8' })

/** Tests with Python where it has these modules; the title says so where not. */
const withPython = (modules: string, title: string, body: () => Promise<void>): void => {
  const found = python(`import ${modules}`).status === 0
  test.skipIf(!found)(found ? title : `${title}: left out, since python3 has no ${modules}`, body)
}

const tensors: Tensors = {
  W1: linspace(-1, 1, [3, 4]),
  b1: tensor([2], [0.1, Number.MIN_VALUE], 'float64'),
  scalar: tensor([], [7.5]),
  none: zeros([0, 3]),
}

describe('Python reads what is written here, and writes it back', { timeout: 120_000 }, () => {
  withPython('safetensors.numpy', 'safetensors', async () => {
    orThrow(await saveSafetensors(path('a.safetensors'), tensors, { k: 'é' })())
    const { stderr, stdout } = python(`
from safetensors import safe_open
from safetensors.numpy import load_file, save_file
save_file(load_file('a.safetensors'), 'b.safetensors')
print(safe_open('a.safetensors', 'np').metadata())`)
    expect(stderr).toBe('')
    expect(stdout.trim()).toBe("{'k': 'é'}")
    expect(bitsOf(orThrow(await loadSafetensors(path('b.safetensors'))()).tensors)).toEqual(bitsOf(tensors))
  })

  withPython('safetensors.numpy', 'a checkpoint', async () => {
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
    const { stderr, stdout } = python(`
import hashlib, json
from safetensors import safe_open
from safetensors.numpy import load_file, save_file
name = 'run/step-000000002.safetensors'
save_file(load_file(name), 'c.safetensors')
metadata = safe_open(name, 'np').metadata()
own, content = metadata['sha256'], open(name, 'rb').read()
print(hashlib.sha256(content.replace(own.encode(), b'0' * 64)).hexdigest() == own)
print(json.loads(metadata['state'])['description']['batchSize'])`)
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

  withPython('numpy', 'npz and npy', async () => {
    orThrow(await saveNpz(path('a.npz'), tensors)())
    orThrow(await saveNpy(path('a.npy'), tensors.W1 as Tensor)())
    const { stderr } = python(`
import numpy as np
np.savez_compressed('b.npz', **np.load('a.npz'))
np.save('b.npy', np.asfortranarray(np.load('a.npy')))`)
    expect(stderr).toBe('')
    expect(bitsOf(orThrow(await loadNpz(path('b.npz'))()))).toEqual(bitsOf(tensors))
    expect(orThrow(await loadNpy(path('b.npy'))())).toEqual(tensors.W1)
  })

  withPython('onnx, onnxruntime, numpy', 'onnx', async () => {
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
    const { stderr } = python(`
import numpy as np, onnx, onnxruntime
onnx.checker.check_model(onnx.load('net.onnx'), full_check=True)
logits, probabilities = onnxruntime.InferenceSession('net.onnx').run(None, {'x': np.load('x.npy')})
np.save('logits.npy', logits)`)
    expect(stderr).toBe('')
    close(orThrow(await loadNpy(path('logits.npy'))()), model.scores(weights, x), 1e-5)
  })
})

test("a PyTorch net's weights give its logits: Linear's (M, D) is transposed, the rest is as it is", () => {
  const torch = orThrow(decodeNpz('torch.npz', fixture('torch.npz')))
  const named = (name: string): Tensor => torch[name] as Tensor
  const options = { inputDim: 6, hiddenDims: [5], numClasses: 3, normalization: 'batchnorm' } as const
  const model = orThrow(fullyConnectedNet(options))
  const weights = orThrow(
    weightsFrom(model, {
      W1: transpose(named('0.weight')),
      b1: named('0.bias'),
      gamma1: named('1.weight'),
      beta1: named('1.bias'),
      runningMean1: named('1.running_mean'),
      runningVar1: named('1.running_var'),
      W2: transpose(named('3.weight')),
      b2: named('3.bias'),
    }),
  )
  close(model.scores(weights, named('x')), named('logits'), 1e-5)
})
