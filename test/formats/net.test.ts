import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, describe, expect, test } from 'vitest'
import {
  decodeSafetensors,
  encodeSafetensors,
  inputOf,
  loadNet,
  loadNpy,
  loadNpz,
  loadSafetensors,
  predict,
  saveNet,
  saveNpy,
  saveNpz,
  saveSafetensors,
  type TrainedNet,
  transpose,
  weightsFrom,
} from '../../src/formats/index.ts'
import { weightShapes } from '../../src/formats/weights.ts'
import { type FullyConnectedNetOptions, fullyConnectedNet } from '../../src/models/index.ts'
import {
  bytes,
  decode,
  key,
  linspace,
  ones,
  orThrow,
  sliceRows,
  type Tensors,
  tensor,
  zeros,
} from '../../src/tensor/index.ts'
import { bitsOf, close } from '../support.ts'
import { expected, faultOf, fixture, flips, truncations } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'cachegrad-formats-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const net = (options: Partial<FullyConnectedNetOptions> = {}): TrainedNet => {
  const model = orThrow(fullyConnectedNet({ inputDim: 6, hiddenDims: [4, 3], numClasses: 2, ...options }))
  return { model, weights: model.init(key(5)) }
}

const OPTIONS: readonly Partial<FullyConnectedNetOptions>[] = [
  {},
  { hiddenDims: [] },
  { normalization: 'batchnorm', keepProb: 0.5 },
  { normalization: 'layernorm', activation: 'gelu', dtype: 'float64' },
]

describe('files', () => {
  test('what is saved is loaded', async () => {
    const { bfloat16: _, ...tensors } = expected()
    const path = (name: string): string => join(folder, 'made', name)
    orThrow(await saveSafetensors(path('m.safetensors'), tensors, { a: 'b' })())
    orThrow(await saveNpz(path('m.npz'), tensors)())
    orThrow(await saveNpy(path('m.npy'), ones([2, 3]))())
    const loaded = orThrow(await loadSafetensors(path('m.safetensors'))())
    expect(bitsOf(loaded.tensors)).toEqual(bitsOf(tensors))
    expect(loaded.metadata).toEqual({ a: 'b' })
    expect(bitsOf(orThrow(await loadNpz(path('m.npz'))()))).toEqual(bitsOf(tensors))
    expect(orThrow(await loadNpy(path('m.npy'))())).toEqual(ones([2, 3]))
  })

  test('what cannot be written leaves the old file, and nothing beside it', async () => {
    const path = join(folder, 'old', 'm.npz')
    orThrow(await saveNpz(path, { a: ones([1]) })())
    const before = readFileSync(path)
    expect(faultOf(await saveNpz(path, { '../a': ones([1]) })())).toContain("leaves the archive's folder")
    expect(readFileSync(path)).toEqual(before)
    expect(readdirSync(join(folder, 'old'))).toEqual(['m.npz'])
  })

  test.each([
    [() => loadNpz(join(folder, 'none.npz')), 'there is no such file (ENOENT)'],
    [() => loadNpz(folder), 'this is no file but a folder or a device'],
    [() => loadNpy('/dev/zero'), 'this is no file but a folder or a device'],
    [() => loadNet(''), 'loadNet: path is the name of a file, but got ""'],
    [() => loadNet(undefined as never), 'loadNet: path is the name of a file, but got undefined'],
    [() => saveNpy('/dev/null/a.npy', ones([1])), 'a part of the path is a file, not a folder'],
    [() => saveNpy(folder, ones([1])), 'this is a folder, not a file'],
  ])('%s', async (task, message) => {
    expect(faultOf(await task()())).toContain(message)
  })
})

describe('weightsFrom', () => {
  test.each(OPTIONS)('the names and shapes are those of init: %j', (options) => {
    const { model, weights } = net(options)
    const shapes = (tensors: Tensors) => Object.entries(tensors).map(([name, { shape }]) => [name, [...shape]])
    const known = weightShapes(model.options)
    expect(Object.entries(known.params)).toEqual(shapes(weights.params))
    expect(Object.entries(known.state)).toEqual(shapes(weights.state))
    const mixed = { ...weights.state, ...weights.params }
    expect(bitsOf(orThrow(weightsFrom(model, mixed)).params)).toEqual(bitsOf(weights.params))
    expect(bitsOf(orThrow(weightsFrom(model, mixed)).state)).toEqual(bitsOf(weights.state))
  })

  test('they get the precision of the model', () => {
    const { model, weights } = net({ dtype: 'float64' })
    const singles = Object.fromEntries(
      Object.entries(weights.params).map(([name, t]) => [name, tensor(t.shape, t.data)]),
    )
    expect(orThrow(weightsFrom(model, singles)).params.W1?.data).toBeInstanceOf(Float64Array)
  })

  test.each<readonly [string, (p: Tensors) => Tensors, string]>([
    [
      'missing',
      ({ b2: _, ...p }) => p,
      'weightsFrom: no tensor is named b2, which must have shape (3,); there are "W1",',
    ],
    ['unknown', (p) => ({ ...p, W9: ones([1]) }), 'the net has no tensor named "W9"; it has W1, b1, W2'],
    [
      'misshapen',
      (p) => ({ ...p, b1: ones([5]) }),
      'b1 must have shape (4,), but has (5,); take the weights of the same',
    ],
    [
      'transposed',
      (p) => ({ ...p, W1: ones([4, 6]) }),
      "W1 must have shape (6, 4), but has (4, 6); this is the transpose: PyTorch's",
    ],
    [
      'short of numbers',
      (p) => ({ ...p, b2: { shape: [3], data: new Float32Array(2) } }),
      'b2 has shape (3,), so 3 numbers, but its data hold 2',
    ],
    ['of Object', ({ b2: _, ...p }) => ({ ...p, toString: ones([1]) }), 'no tensor is named b2'],
  ])('%s', (_, change, message) => {
    const { model, weights } = net()
    expect(faultOf(weightsFrom(model, change(weights.params)))).toContain(message)
  })
})

test('transpose of three axes', () => {
  const t = transpose(linspace(0, 23, [2, 3, 4]))
  expect(t.shape).toEqual([4, 3, 2])
  expect([...t.data].slice(0, 8)).toEqual([0, 12, 4, 16, 8, 20, 1, 13])
})

describe('a net in a file', () => {
  const path = join(folder, 'net.safetensors')
  const input = { shape: [1, 2, 3], mean: new Float32Array(6).fill(7), scale: new Float32Array(6).fill(0.5) }

  test.each(OPTIONS)('comes back with all that it is: %j', async (options) => {
    const saved: TrainedNet = { ...net(options), input, classNames: ['one', 'two\n'] }
    orThrow(await saveNet(path, saved)())
    const loaded = orThrow(await loadNet(path)())
    expect(loaded.model.options).toEqual(saved.model.options)
    expect(bitsOf(loaded.weights.params)).toEqual(bitsOf(saved.weights.params))
    expect(bitsOf(loaded.weights.state)).toEqual(bitsOf(saved.weights.state))
    expect(loaded.input).toEqual(input)
    expect(loaded.classNames).toEqual(saved.classNames)
    const pixels = new Uint8Array(12).map((_, i) => 20 * i)
    expect(predict(loaded, pixels)).toEqual(predict(saved, pixels))
  })

  test('is optional where nothing is known of its input', async () => {
    orThrow(await saveNet(path, net())())
    expect(Object.keys(orThrow(await loadNet(path)()))).toEqual(['model', 'weights'])
  })

  test('its parts must fit', async () => {
    const fault = async (part: Partial<TrainedNet>): Promise<string> =>
      faultOf(await saveNet(path, { ...net(), ...part })())
    expect(await fault({ classnames: [] } as never)).toContain(
      "unknown option 'classnames'; did you mean 'classNames'?",
    )
    expect(await fault({ model: {} as never })).toContain('model must come from fullyConnectedNet')
    expect(await fault({ classNames: ['one'] })).toContain('the net has 2 classes, but there are 1 class names')
    expect(await fault({ input: { ...input, shape: [5] } })).toContain('the net takes 6 numbers an example, but')
    expect(await fault({ weights: net({ hiddenDims: [9, 9] }).weights })).toContain(
      'W1 must have shape (6, 4), but has (6, 9)',
    )
    expect(await fault({ weights: net().weights.params as never })).toContain('weights must have params and state')
    expect(await fault({ classNames: ['one', 2] as never })).toContain('classNames must be a list of texts')
    const doubles = { ...input, mean: new Float64Array(6) as never }
    expect(await fault({ input: doubles })).toContain("the input's mean and scale must be Float32Arrays")
  })

  test('what could not be loaded again is not saved', async () => {
    const long = { ...net(), classNames: ['one', 'x'.repeat(2 ** 20)] }
    expect(faultOf(await saveNet(path, long)())).toContain('classNames take 1048586 characters, but at most 1048576')
    const longest = { ...net(), classNames: ['one', 'x'.repeat(2 ** 20 - 10)] }
    orThrow(await saveNet(path, longest)())
    expect(orThrow(await loadNet(path)()).classNames).toEqual(longest.classNames)
  })

  const file = (
    change: (metadata: Record<string, string>, tensors: Record<string, Tensors[string]>) => void,
  ): Uint8Array => {
    const { tensors, metadata } = orThrow(decodeSafetensors('m', readFileSync(path)))
    const [copy, texts] = [{ ...tensors }, { ...metadata }]
    change(texts, copy)
    return encodeSafetensors(copy, texts)
  }

  const loading = async (content: Uint8Array) => {
    writeFileSync(join(folder, 'hostile.safetensors'), content)
    return loadNet(join(folder, 'hostile.safetensors'))()
  }

  const options = (change: object): string =>
    JSON.stringify({ inputDim: 6, hiddenDims: [4, 3], numClasses: 2, ...change })

  test.each<readonly [string, Parameters<typeof file>[0], string]>([
    [
      'another file',
      (m) => delete m.format,
      "has the metadata format 'cachegrad net, version 1', but this file has none",
    ],
    [
      'a later version',
      (m) => Object.assign(m, { format: 'cachegrad net, version 2' }),
      'but this file has "cachegrad net, version 2"',
    ],
    ['no options', (m) => delete m.options, 'options are an object, but got undefined'],
    ['options that are no JSON', (m) => Object.assign(m, { options: '{' }), 'JSON'],
    ['options of another kind', (m) => Object.assign(m, { options: '[1]' }), "unknown option '0'"],
    [
      'deep options',
      (m) => Object.assign(m, { options: '['.repeat(60_000) + ']'.repeat(60_000) }),
      'options must be numbers, texts and lists of them',
    ],
    [
      'deep hiddenDims',
      (m) => Object.assign(m, { options: `{"hiddenDims":${'['.repeat(30_000) + ']'.repeat(30_000)}}` }),
      'options must be numbers, texts and lists of them',
    ],
    [
      'long options',
      (m) => Object.assign(m, { options: ' '.repeat(2 ** 20 + 1) }),
      'has 1048577 characters, but at most',
    ],
    [
      'a misspelt option',
      (m) => Object.assign(m, { options: options({ activaton: 'relu' }) }),
      "did you mean 'activation'?",
    ],
    [
      'a layer of 2^40',
      (m) => Object.assign(m, { options: options({ hiddenDims: [2 ** 40, 3] }) }),
      'W1 must have shape (6, 1099511627776)',
    ],
    ['a weight too many', (_, t) => Object.assign(t, { W9: ones([1]) }), 'no tensor named "W9"'],
    ['a weight too few', (_, t) => delete t.b1, 'no tensor is named b1'],
    ['no means', (_, t) => delete t['input.mean'], 'there must be input.mean and input.scale'],
    ['no inputShape', (m) => delete m.inputShape, 'inputShape'],
    ['an inputShape of text', (m) => Object.assign(m, { inputShape: '"6"' }), 'inputShape is no list of sizes'],
    [
      'an inputShape too large',
      (m) => Object.assign(m, { inputShape: '[1e15, 1e15]' }),
      'the net takes 6 numbers an example',
    ],
    ['class names that are no texts', (m) => Object.assign(m, { classNames: '[1, 2]' }), 'must be a list of texts'],
    ['class names that are null', (m) => Object.assign(m, { classNames: 'null' }), 'must be a list of texts'],
    ['class names too few', (m) => Object.assign(m, { classNames: '[]' }), 'the net has 2 classes, but there are 0'],
  ])('%s', async (_, change, message) => {
    orThrow(await saveNet(path, { ...net(), input, classNames: ['one', 'two'] })())
    expect(faultOf(await loading(file(change)))).toContain(message)
  })

  test('every truncation, every flipped bit of its header', async () => {
    const small = orThrow(fullyConnectedNet({ inputDim: 1, hiddenDims: [], numClasses: 2 }))
    orThrow(await saveNet(path, { model: small, weights: small.init() })())
    const sound = readFileSync(path)
    for (const part of truncations(sound).filter((_, i) => i % 7 === 0)) faultOf(await loading(part))
    for (const part of flips(sound).filter((_, i) => i % 11 === 0)) {
      const result = await loading(part)
      if (E.isLeft(result)) faultOf(result)
      else expect(result.right.weights.params.W1?.shape).toEqual([1, 2])
    }
  })

  test('what another program wrote', async () => {
    expect(faultOf(await loading(fixture('numpy.safetensors')))).toContain('use loadSafetensors and weightsFrom')
  })
})

describe('predict', () => {
  const { model, weights } = net()
  const rows = bytes(
    [700, 6],
    new Uint8Array(4200).map((_, i) => i),
    100,
    0.01,
  )

  test('probabilities of each example, in batches or one by one', () => {
    const all = predict({ model, weights }, rows)
    expect(all.shape).toEqual([700, 2])
    close(all, predict({ model, weights }, decode(rows)), 1e-6)
    close(all.data.slice(1200, 1202), predict({ model, weights }, sliceRows(rows, 600, 601)).data, 1e-6)
    for (let i = 0; i < 700; i++)
      expect((all.data[2 * i] as number) + (all.data[2 * i + 1] as number)).toBeCloseTo(1, 6)
  })

  test('bare bytes are preprocessed as the training data were', () => {
    expect(predict({ model, weights, input: inputOf(rows) }, rows.data)).toEqual(predict({ model, weights }, rows))
    expect(inputOf(zeros([3, 2, 2]))).toEqual({
      shape: [2, 2],
      mean: new Float32Array(4),
      scale: new Float32Array(4).fill(1),
    })
    expect(() => predict({ model, weights }, rows.data)).toThrow('does not say how bytes are preprocessed')
    expect(() => predict({ model, weights, input: inputOf(rows) }, new Uint8Array(7))).toThrow(
      'an example has 6 bytes, but 7',
    )
  })

  test('rows that are none', () => {
    for (const [rows, name] of [
      [undefined, 'undefined'],
      [[1, 2], 'Array'],
      [new Uint8ClampedArray(6), 'Uint8ClampedArray'],
    ] as const) {
      expect(() => predict({ model, weights }, rows as never)).toThrow(`or a Uint8Array, but got ${name}; tensor(`)
    }
  })

  test('no rows', () => {
    expect(predict({ model, weights }, zeros([0, 6]))).toEqual(zeros([0, 2]))
  })
})
