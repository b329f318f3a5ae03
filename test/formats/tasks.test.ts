import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as ort from 'onnxruntime-web'
import { afterAll, describe, expect, test } from 'vitest'
import { orThrow } from '../../src/errors/index.ts'
import { encodeOnnx, loadNet, predict, saveNet, type TrainedNet } from '../../src/formats/index.ts'
import type { Model } from '../../src/models/index.ts'
import { type Input, standardize, type Tensor } from '../../src/tensor/index.ts'
import { type Kind, kinds, modelOf } from '../models/taskKinds.ts'
import { bitsOf, close, random, right } from '../support.ts'
import { faultOf } from './support.ts'

ort.env.wasm.numThreads = 1

const folder = mkdtempSync(join(tmpdir(), 'cachegrad-tasks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const raw = random(5, [7, 4], 'float32')
for (let i = 0; i < raw.data.length; i++) raw.data[i] = 100 * (raw.data[i] as number) + 50
const { x, input } = right(standardize(raw))

const netOf = (kind: Kind): TrainedNet => {
  const model = modelOf(kind, 'float32') as Model<unknown>
  return { model, weights: model.init(), input }
}

const names: Readonly<Record<string, readonly string[]>> = { binary: ['no', 'yes'], 'one number': ['price'] }

describe.each(Object.keys(kinds))('a net of %s', (name) => {
  const kind = kinds[name] as Kind
  const net = { ...netOf(kind), classNames: names[name] ?? ['a', 'b', 'c'] }

  test('comes back from its file, and takes raw numbers', async () => {
    const path = join(folder, `${name}.safetensors`)
    orThrow(await saveNet(path, net)())
    const loaded = orThrow(await loadNet(path)())
    expect(loaded.model.spec).toEqual(net.model.spec)
    expect(loaded.input).toEqual(input)
    expect(loaded.classNames).toEqual(net.classNames)
    expect(bitsOf(loaded.weights.params)).toEqual(bitsOf(net.weights.params))
    expect(predict(loaded, raw)).toEqual(predict(net.model, net.weights, x))
  })

  test('is the same in onnxruntime', async () => {
    const session = await ort.InferenceSession.create(encodeOnnx(net), { executionProviders: ['wasm'] })
    const outputs = await session.run({ x: new ort.Tensor('float32', raw.data as Float32Array, raw.shape) })
    await session.release()
    const [scores, answer] = net.model.task.link === 'identity' ? ['output', 'output'] : ['logits', 'probabilities']
    expect(Object.keys(outputs)).toEqual([...new Set([scores, answer])])
    const out = outputs[answer] as ort.Tensor
    close({ shape: [...out.dims], data: out.data as Float32Array } as Tensor, predict(net, raw), 1e-5, name)
  })
})

describe('what does not fit', () => {
  const net = netOf(kinds.binary as Kind)

  test.each<[string, Partial<TrainedNet>, string]>([
    [
      'one name for yes or no',
      { classNames: ['yes'] },
      'the net has 2 classes, but there are 1 class names; give one for each class',
    ],
    [
      'singles as means',
      { input: { ...input, mean: new Float32Array(4) } as never },
      "the input's mean and scale must be Float64Arrays; standardize(xTrain) makes them",
    ],
    [
      'another size',
      { input: { ...input, shape: [5] } as Input },
      "the net takes 4 numbers an example, but the input's shape is (5,)",
    ],
    [
      'an input of another kind',
      { input: { ...input, type: 'sound' } as never },
      "the input's type must be 'bytes' or 'numbers'",
    ],
  ])('%s is not saved', async (_title, part, message) => {
    expect(faultOf(await saveNet(join(folder, 'x.safetensors'), { ...net, ...part })())).toContain(message)
  })

  test('names of a regression’s outputs', async () => {
    const two = { ...netOf(kinds.mse as Kind), classNames: ['a'] }
    expect(faultOf(await saveNet(join(folder, 'x.safetensors'), two)())).toContain(
      'the net has 3 outputs, but there are 1 class names; give one for each output',
    )
  })

  test('bytes in place of numbers, and rows of another width', () => {
    expect(() => predict(net, new Uint8Array(4))).toThrow(
      'predict: the net takes raw numbers, a tensor of shape (N, 4), but got a Uint8Array of 4; tensor(shape, values) makes one',
    )
    expect(() => predict(net, random(1, [2, 5], 'float32'))).toThrow(
      'predict: an example has 4 numbers, but rows of shape (2, 5) came; give shape (N, 4)',
    )
  })
})
