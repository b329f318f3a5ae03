import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, describe, expect, test } from 'vitest'
import { orThrow } from '../../src/errors/index.ts'
import {
  decodeNet,
  decodeSafetensors,
  encodeNet,
  encodeSafetensors,
  type Input,
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
import { shapesOf } from '../../src/formats/weights.ts'
import { affine, defineLayer, network, relu, stateless } from '../../src/layers/index.ts'
import { classifier, type FullyConnectedNetOptions, fullyConnectedNet } from '../../src/models/index.ts'
import { key } from '../../src/random/index.ts'
import {
  bytes,
  decode,
  linspace,
  ones,
  sliceRows,
  type Tensor,
  type Tensors,
  tensor,
  zeros,
} from '../../src/tensor/index.ts'
import { randomNet } from '../layers/randomNets.ts'
import { bitsOf, close, random } from '../support.ts'
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
    [() => loadNet(''), "loadNet: path is the name of a file, but got ''"],
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
    const { outline: _, ...plain } = model
    for (const known of [shapesOf(model), shapesOf(plain)]) {
      expect(Object.entries(known.params)).toEqual(shapes(weights.params))
      expect(Object.entries(known.state)).toEqual(shapes(weights.state))
    }
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
  const input: Input = {
    type: 'bytes',
    shape: [1, 2, 3],
    mean: new Float32Array(6).fill(7),
    scale: new Float32Array(6).fill(0.5),
  }

  test.each(OPTIONS)('comes back with all that it is: %j', async (options) => {
    const saved: TrainedNet = { ...net(options), input, classNames: ['one', 'two\n'] }
    orThrow(await saveNet(path, saved)())
    const loaded = orThrow(await loadNet(path)())
    expect(loaded.model.spec).toEqual(saved.model.spec)
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
    expect(await fault({ model: {} as never })).toContain(
      'model must be a model, e.g. orThrow(twoLayerNet({ inputDim: 784 }))',
    )
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

  const model = (change: object): string => JSON.stringify({ ...(net().model.spec as object), ...change })
  const affineSpec = (numOut: number) => ({ type: 'affine', numOut, weightScale: 'he' })

  test.each<readonly [string, Parameters<typeof file>[0], string]>([
    [
      'another file',
      (m) => delete m.format,
      "has the metadata format 'cachegrad net, version 2', but this file has none",
    ],
    [
      'a later version',
      (m) => Object.assign(m, { format: 'cachegrad net, version 3' }),
      'but this file has "cachegrad net, version 3"',
    ],
    ['no model', (m) => delete m.model, 'it has no model; get the file again'],
    ['a model that is no JSON', (m) => Object.assign(m, { model: '{' }), 'JSON'],
    ['a model of another kind', (m) => Object.assign(m, { model: '[1]' }), 'buildModel: a spec is a record with net'],
    [
      'a deep model',
      (m) => Object.assign(m, { model: `${'{"net":'.repeat(30_000)}1${'}'.repeat(30_000)}` }),
      'more than 64 deep',
    ],
    [
      'a long model',
      (m) => Object.assign(m, { model: ' '.repeat(2 ** 20 + 1) }),
      'has 1048577 characters, but at most',
    ],
    [
      'a misspelt option',
      (m) => Object.assign(m, { model: model({ regg: 1 }) }),
      'a spec has net, inShape, task, reg and dtype',
    ],
    [
      'a missing option',
      (m) => Object.assign(m, { model: model({ reg: undefined }) }),
      'a spec has net, inShape, task, reg and dtype',
    ],
    [
      'a layer that is not known',
      (m) => Object.assign(m, { model: model({ net: { type: 'afine' } }) }),
      "did you mean 'affine'?",
    ],
    [
      'a task that is not known',
      (m) => Object.assign(m, { model: model({ task: { type: 'chess' } }) }),
      'the task {"type":"chess"} is not known',
    ],
    [
      'a layer of 2^40',
      (m) =>
        Object.assign(m, {
          model: model({ net: { type: 'network', layers: [affineSpec(2 ** 40), affineSpec(3), affineSpec(2)] } }),
        }),
      'W1 must have shape (6, 1099511627776)',
    ],
    ['a weight too many', (_, t) => Object.assign(t, { W9: ones([1]) }), 'no tensor named "W9"'],
    ['a weight too few', (_, t) => delete t.b1, 'no tensor is named b1'],
    ['no means', (_, t) => delete t['input.mean'], 'there must be input.mean and input.scale'],
    ['no input', (m) => delete m.input, 'its input has no shape'],
    [
      'an input of another kind',
      (m) => Object.assign(m, { input: '{"type":"sound"}' }),
      "known are 'bytes' and 'numbers'",
    ],
    ['an input of text', (m) => Object.assign(m, { input: '"6"' }), "known are 'bytes' and 'numbers'"],
    [
      'an input too large',
      (m) => Object.assign(m, { input: '{"type":"bytes","shape":[1e15,1e15]}' }),
      'the net takes 6 numbers an example',
    ],
    ['class names that are no texts', (m) => Object.assign(m, { classNames: '[1, 2]' }), 'must be a list of texts'],
    ['class names that are null', (m) => Object.assign(m, { classNames: 'null' }), 'must be a list of texts'],
    ['class names too few', (m) => Object.assign(m, { classNames: '[]' }), 'the net has 2 classes, but there are 0'],
  ])('%s', async (_, change, message) => {
    orThrow(await saveNet(path, { ...net(), input, classNames: ['one', 'two'] })())
    expect(faultOf(await loading(file(change)))).toContain(message)
  })

  describe('of version 1, whose nets were all fully connected', () => {
    const former = orThrow(
      fullyConnectedNet({ inputDim: 6, hiddenDims: [4, 3], numClasses: 2, normalization: 'batchnorm' }),
    )
    const weights = former.init(key(5))
    const written = (change: object = {}): Uint8Array =>
      encodeSafetensors(
        {
          ...weights.params,
          ...weights.state,
          'input.mean': tensor([6], input.mean),
          'input.scale': tensor([6], input.scale),
        },
        {
          format: 'cachegrad net, version 1',
          options: JSON.stringify({ ...former.options, ...change }),
          inputShape: '[1,2,3]',
          classNames: '["one","two"]',
        },
      )

    test('is read', async () => {
      const loaded = orThrow(await loading(written()))
      expect(loaded.model.spec).toEqual(former.spec)
      expect(loaded.input).toEqual(input)
      const x = ones([2, 6])
      expect(predict(loaded, x)).toEqual(predict({ model: former, weights }, x))
    })

    test('as version 0.1.0 wrote it gives what it gave', async () => {
      const loaded = orThrow(await loadNet(join(import.meta.dirname, 'fixtures', 'net-0.1.0.safetensors'))())
      const pixels = new Uint8Array(24).map((_, i) => i * 10)
      const was = [
        ...[0.11794968694448471, 0.6865907311439514, 0.19545960426330566, 0.3260912597179413, 0.3086611032485962],
        ...[0.3652476370334625, 0.8969845771789551, 0.05656611919403076, 0.04644927754998207, 0.9918562769889832],
        ...[0.006391733419150114, 0.0017520037945359945],
      ]
      close(predict(loaded, pixels).data, was, 1e-6)
      expect(loaded.classNames).toEqual(['a', 'b', 'c'])
    })

    test.each<readonly [string, object, string]>([
      ['deep hiddenDims', { hiddenDims: [[[1]]] }, 'options must be numbers, texts and lists of them'],
      ['a misspelt option', { activaton: 'relu' }, "did you mean 'activation'?"],
      ['a layer of 2^40', { hiddenDims: [2 ** 40, 3] }, 'W1 must have shape (6, 1099511627776)'],
      ['more layers than tensors', { hiddenDims: new Array(1000).fill(2 ** 30) }, 'its net has 1000 hidden layers'],
    ])('%s', async (_, change, message) => {
      expect(faultOf(await loading(written(change)))).toContain(message)
    })
  })

  test('any mix of the library’s layers comes back, with the same scores, bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(randomNet, async ({ net: layers, inShape }) => {
        const model = classifier(network([layers, affine(3)]), { inShape, dtype: 'float64', reg: 0.25 })
        const weights = model.init(key(3))
        orThrow(await saveNet(path, { model, weights })())
        const loaded = orThrow(await loadNet(path)())
        expect(loaded.model.spec).toEqual(model.spec)
        const x = random(1, [5, ...inShape])
        expect(bitsOf({ y: loaded.model.scores(loaded.weights, x) })).toEqual(bitsOf({ y: model.scores(weights, x) }))
      }),
      { numRuns: 25 },
    )
  })

  test('layers of one’s own: with their types, and not without', async () => {
    const half = defineLayer('half', ({ by }: { by: number }) => {
      const scaled = (t: Tensor): Tensor => ({ shape: t.shape, data: t.data.map((v) => by * v) })
      return {
        ...stateless,
        forward: (x: Tensor) => [scaled(x), null] as const,
        backward: (dy: Tensor) => [scaled(dy), {}] as const,
        predict: scaled,
      }
    })
    const own = classifier(network([affine(3), half({ by: 0.5 }), affine(2)]), { inShape: [6] })
    const weights = own.init(key(1))
    orThrow(await saveNet(path, { model: own, weights })())
    const loaded = orThrow(await loadNet(path, { layers: [half] })())
    expect(predict(loaded, ones([1, 6]))).toEqual(predict(own, weights, ones([1, 6])))
    expect(faultOf(await loadNet(path)())).toContain("layers[1] has the type 'half', which is not known")
  })

  test('as bytes: those of the file, and what they hold predicts alike', async () => {
    const whole = { ...net({ normalization: 'batchnorm' }), classNames: ['no', 'yes'] }
    const encoded = encodeNet(whole)
    orThrow(await saveNet(path, whole)())
    expect(readFileSync(path).equals(encoded)).toBe(true)
    const decoded = orThrow(decodeNet('net', encoded))
    expect(decoded.classNames).toEqual(['no', 'yes'])
    expect(predict(decoded, ones([2, 6]))).toEqual(predict(whole, ones([2, 6])))
    expect(faultOf(decodeNet('net', encoded.subarray(0, 9)))).toContain('net: ')
    expect(faultOf(decodeNet('net', encoded, { layer: [] } as never))).toContain("decodeNet: unknown option 'layer'")
    expect(() => encodeNet({ ...whole, classNames: ['one'] })).toThrow('encodeNet: the net has 2 classes')
  })

  test('what does not say what it is is not saved, with the remedy', async () => {
    const plain = classifier(network([affine(3), { ...relu }, affine(2)]), { inShape: [6] })
    expect(faultOf(await saveNet(path, { model: plain, weights: plain.init() })())).toContain(
      "saveNet: its layer1 does not say what it is; make that layer with defineLayer('swish', () => layer)",
    )
    const { net: _, spec: _s, ...bare } = plain
    expect(faultOf(await saveNet(path, { model: bare, weights: plain.init() })())).toContain(
      'saveNet: the model does not say what it is; give it a spec',
    )
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
      type: 'bytes',
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
      [[1, 2], '[1, 2]'],
      [new Uint8ClampedArray(6), 'a Uint8ClampedArray of 6'],
    ] as const) {
      expect(() => predict({ model, weights }, rows as never)).toThrow(`or a Uint8Array, but got ${name}; tensor(`)
    }
  })

  test('no rows', () => {
    expect(predict({ model, weights }, zeros([0, 6]))).toEqual(zeros([0, 2]))
  })
})
