import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArgumentError, ShapeError } from '../../src/errors/index.ts'
import {
  affine,
  affineRelu,
  at,
  batchnorm,
  buildNet,
  defineLayer,
  dropout,
  Gradients,
  gradientCheckLayer,
  identity,
  type Layer,
  type LayerSpec,
  layernorm,
  type Net,
  network,
  outlineOf,
  outputsOf,
  partsOf,
  relu,
  residual,
  sequence,
  shared,
  stateless,
  tanh,
} from '../../src/layers/index.ts'
import { foldIn, key, normal } from '../../src/random/index.ts'
import { full, type Shape, type Tensor, type Tensors } from '../../src/tensor/index.ts'
import { bitsOf, close, eachBackend, leftMessage, random, right } from '../support.ts'
import { randomNet } from './randomNets.ts'

const initOf = (net: Net, inShape: Shape = [4]) => net.init(key(1), inShape, 'float64')

const namesIn = (net: Net, inShape?: Shape): string[] => {
  const { params, state } = initOf(net, inShape)
  return [...Object.keys(params), ...Object.keys(state)]
}

/** All that can be seen of a net, bit by bit. */
const observe = (net: Net, inShape: Shape = [4], dtype: 'float32' | 'float64' = 'float64'): Record<string, string> => {
  const { params, state, outShape } = net.init(key(1), inShape, dtype)
  const x = random(2, [5, ...inShape], dtype)
  const dy = random(4, [5, ...outShape], dtype)
  const [y, cache] = net.forward(x, params, key(3))
  const [dx, dparams] = net.backward(dy, cache)
  const prefixed = (prefix: string, tensors: Tensors): Tensors =>
    Object.fromEntries(Object.entries(tensors).map(([name, t]) => [`${prefix}.${name}`, t]))
  return bitsOf({
    y,
    dx,
    prediction: net.predict(x, params, state),
    ...prefixed('params', params),
    ...prefixed('state', state),
    ...prefixed('dparams', dparams),
    ...prefixed('gradients', net.gradients?.(dy, cache) ?? dparams),
    ...prefixed('absorbed', net.absorb(state, cache)),
  })
}

describe('any mix of the library’s layers', () => {
  test('spec → buildNet → spec is the identity, through JSON, and computes the same bits', () => {
    fc.assert(
      fc.property(randomNet, ({ net, inShape }) => {
        const spec = JSON.parse(JSON.stringify(net.spec)) as LayerSpec
        const built = right(buildNet(spec))
        expect(built.spec).toEqual(net.spec)
        expect(observe(built, inShape)).toEqual(observe(net, inShape))
      }),
      { numRuns: 150 },
    )
  })

  test('the outline is what init makes', () => {
    fc.assert(
      fc.property(randomNet, ({ net, inShape }) => {
        const { outShape, params, state } = outlineOf(net, inShape)
        const initial = initOf(net, inShape)
        const shapesOf = (tensors: Tensors) => Object.fromEntries(Object.entries(tensors).map(([n, t]) => [n, t.shape]))
        expect([outShape, params, state]).toEqual([initial.outShape, shapesOf(initial.params), shapesOf(initial.state)])
        expect([...(net.names ?? [])].filter((name) => !name.startsWith('dropout')).sort()).toEqual(
          [...Object.keys(params), ...Object.keys(state)].sort(),
        )
      }),
      { numRuns: 100 },
    )
  })

  eachBackend(() => {
    test('neighbours that run as one give the bits of each by itself', () => {
      fc.assert(
        fc.property(randomNet, ({ net, inShape }) => {
          const { params, state } = net.init(key(1), inShape, 'float32')
          const x = random(2, [5, ...inShape], 'float32')
          // What tells what leaves each part runs them apart.
          const [trained] = net.forward(x, params, key(3))
          const traced = outputsOf(net, (tapped) => tapped.forward(x, params, key(3)))
          const predicted = outputsOf(net, (tapped) => tapped.predict(x, params, state))
          expect(bitsOf({ y: traced.scores ?? x, p: predicted.scores ?? x })).toEqual(
            bitsOf({ y: trained, p: net.predict(x, params, state) }),
          )
        }),
        { numRuns: 60 },
      )
    })
  })

  test('gradients agree with central differences', () => {
    fc.assert(
      fc.property(randomNet, ({ net, inShape }) => {
        const smooth = partsOf(net).every(({ name }) => !/relu/i.test(name))
        if (!smooth) return
        const report = gradientCheckLayer(net, inShape, 6)
        expect(report.error, report.text).toBeLessThan(1e-5)
      }),
      { numRuns: 60, seed: 231 }, // fixed, since its limit is a measured one
    )
  })
})

describe('names', () => {
  test('are those of cs231n: a layer, its normalization and its dropout share a number', () => {
    const net = network([affine(8), batchnorm(), relu, dropout(0.5), affine(8), layernorm(), relu, affine(3)])
    expect(net.names).toEqual([
      ...['W1', 'b1', 'gamma1', 'beta1', 'runningMean1', 'runningVar1', 'dropout1'],
      ...['W2', 'b2', 'gamma2', 'beta2', 'W3', 'b3'],
    ])
  })

  test('of nets that normalize first count the same', () => {
    expect(namesIn(network([layernorm(), relu, affine(4), layernorm(), relu, affine(4)]))).toEqual([
      ...['gamma1', 'beta1', 'W1', 'b1', 'gamma2', 'beta2', 'W2', 'b2'],
    ])
  })

  test('a number is never below that of the layer before', () => {
    expect(namesIn(network([affine(4), affine(4), layernorm(), affine(4)]))).toEqual([
      ...['W1', 'b1', 'W2', 'b2', 'gamma2', 'beta2', 'W3', 'b3'],
    ])
  })

  test('two dropouts never draw the same mask', () => {
    const net = network([dropout(0.5), dropout(0.5)])
    const masks = partsOf(net).map(({ layer }) => layer.forward(full([1, 200], 1), {}, key(3))[0])
    expect(bitsOf({ m: masks[0] as Tensor })).not.toEqual(bitsOf({ m: masks[1] as Tensor }))
    expect(net.names).toEqual(['dropout1', 'dropout2'])
  })

  test('weights are drawn by number, then name', () => {
    const { params } = network([affine(8), relu, affine(3, 0.1)]).init(key(7), [6])
    expect(params.W2).toEqual(normal(foldIn(foldIn(key(7), 2), 'W'), [8, 3], 0.1))
  })

  test('a network inside a network is spliced, and `at` keeps what it gave', () => {
    const flat = network([affine(4), relu, affine(4), affine(4)])
    expect(observe(network([affine(4), network([relu, affine(4)]), network([network([affine(4)])])]))).toEqual(
      observe(flat),
    )
    expect(
      observe(sequence([at(1)(affine(4)) as Net, relu, at(2)(affine(4)) as Net, at(3)(affine(4)) as Net])),
    ).toEqual(observe(flat))
    expect(namesIn(network([at(5)(affine(4)) as Net, batchnorm(), affine(4)]))).toEqual([
      ...['W5', 'b5', 'gamma5', 'beta5', 'W6', 'b6', 'runningMean5', 'runningVar5'],
    ])
  })

  test('of a residual: its own, then its number; the shortcut counts on', () => {
    const block = residual([affine(4), tanh, affine(4)], affine(4) as Net)
    expect(namesIn(block)).toEqual(['W1', 'b1', 'W2', 'b2', 'W3', 'b3'])
    expect(namesIn(network([affine(4), block, block, affine(4)]))).toEqual([
      ...['W1', 'b1', 'W1_1', 'b1_1', 'W2_1', 'b2_1', 'W3_1', 'b3_1'],
      ...['W1_2', 'b1_2', 'W2_2', 'b2_2', 'W3_2', 'b3_2', 'W2', 'b2'],
    ])
  })

  test('of parts are type and running number', () => {
    const net = network([
      affine(4),
      relu,
      residual([affine(4), residual([tanh])], network([affine(4), affine(4)])),
      at(7)(affine(4)) as Net,
      { ...relu },
      shared('tied', affine(4)) as Net,
    ])
    expect(partsOf(net).map(({ name }) => name)).toEqual([
      ...['affine1', 'relu1'],
      ...[
        'residual1.affine1',
        'residual1.residual1.tanh1',
        'residual1.residual1',
        'residual1.affine2',
        'residual1.affine3',
      ],
      ...['residual1', 'affine2', 'layer1', 'affine3'],
    ])
  })
})

describe('residual', () => {
  test('y = s(x) + f(x), and nothing around nothing doubles', () => {
    const block = residual([affine(4)])
    const { params } = initOf(block)
    const x = random(2, [3, 4])
    const sum = Gradients.concat({ y: x }, { y: affine(4).predict(x, { W: params.W1, b: params.b1 } as never, {}) })
    expect(bitsOf({ y: block.predict(x, params, {}) })).toEqual(bitsOf(sum))
    expect(residual([]).predict(full([1, 2], 3), {}, {}).data).toEqual(new Float32Array([6, 6]))
  })

  test('branches of two shapes', () => {
    expect(() => outlineOf(network([affine(3), residual([affine(5)])]), [4])).toThrow(
      'residual1 of the network: residual: its layers make (5,) of (3,), but the shortcut makes (3,), and the two are added; ' +
        'give a shortcut that makes the same shape, e.g. residual([…], affine(64)), or end with a layer of that size',
    )
  })
})

describe('shared', () => {
  const params = { W_tied: random(1, [4, 4]), b_tied: random(2, [4]) }
  const tied = () => shared('tied', affine(4)) as Net

  test('has the sum of the gradients of its applications', () => {
    const net = network([tied(), tanh, tied()])
    const apart = sequence([at(1)(affine(4)) as Net, tanh, at(2)(affine(4)) as Net])
    const [x, dy] = [random(3, [5, 4]), random(4, [5, 4])]
    const [y, cache] = net.forward(x, params, key(0))
    const { W_tied: W, b_tied: b } = params
    const [ySame, cacheApart] = apart.forward(x, { W1: W, b1: b, W2: W, b2: b }, key(0))
    const [dx, grads] = net.backward(dy, cache)
    const [dxSame, { W1, b1, W2, b2 }] = apart.backward(dy, cacheApart)
    expect(bitsOf({ y, dx })).toEqual(bitsOf({ y: ySame, dx: dxSame }))
    expect(Object.keys(grads)).toEqual(['W_tied', 'b_tied'])
    close(grads.W_tied as Tensor, Gradients.concat({ W: W1 as Tensor }, { W: W2 as Tensor }).W as Tensor, 1e-15)
    close(grads.b_tied as Tensor, Gradients.concat({ b: b1 as Tensor }, { b: b2 as Tensor }).b as Tensor, 1e-15)
    expect(bitsOf(net.gradients?.(dy, cache) as Tensors)).toEqual(bitsOf(grads))
  })

  test('statistics learn from each application, one after the other', () => {
    const norm = () => shared('norm', batchnorm()) as Net
    for (const net of [network([norm(), affine(4), norm()]), residual([norm()], network([norm()]))]) {
      const initial = initOf(net)
      const x = Gradients.concat({ x: random(3, [5, 4]) }, { x: full([5, 4], 3, 'float64') }).x as Tensor
      const [, cache] = net.forward(x, initial.params, key(0))
      const learned = net.absorb(initial.state, cache)
      // Twice 0.9, since both passes put in a tenth: 1 → 0.81 + what the batches had.
      const once = batchnorm().absorb(
        { runningMean: full([4], 0, 'float64'), runningVar: full([4], 1, 'float64') },
        batchnorm().forward(x, { gamma: full([4], 1, 'float64'), beta: full([4], 0, 'float64') }, key(0))[1],
      )
      expect(Object.keys(learned)).toEqual(['runningMean_norm', 'runningVar_norm'])
      expect(bitsOf({ v: learned.runningVar_norm as Tensor })).not.toEqual(bitsOf({ v: once.runningVar }))
      // A constant second pass shows the order: of a residual both see x.
      if (net.names?.length === 4) {
        const twice = batchnorm().absorb(
          once,
          batchnorm().forward(x, { gamma: full([4], 1, 'float64'), beta: full([4], 0, 'float64') }, key(0))[1],
        )
        close(learned.runningMean_norm as Tensor, twice.runningMean, 1e-15)
        close(learned.runningVar_norm as Tensor, twice.runningVar, 1e-15)
      }
    }
  })

  test('inside a residual, too, and each residual has its own', () => {
    const block = residual([tied(), tanh, tied()])
    expect(namesIn(network([block, block]))).toEqual(['W_tied1', 'b_tied1', 'W_tied2', 'b_tied2'])
  })

  test.each(['', '2', 'a b', 'W_1', 5])('the name %j is refused', (name) => {
    expect(() => shared(name as string, affine(4))).toThrow(
      /^shared: name must be letters and digits that begin with a letter, e\.g\. 'encoder', but got /,
    )
  })
})

describe('a name that two layers have by accident', () => {
  test.each<[string, () => unknown, string]>([
    [
      'in a sequence, also where shapes agree',
      () => sequence([affine(4) as Net, tanh, affine(4) as Net]),
      "sequence: affine1 and affine2 both have the name W, which would be one weight by accident; network([…]) numbers layers by itself, at(1)(…) and at(2)(…) give numbers of your choice, and shared('mixer', …) ties them on purpose",
    ],
    [
      'dropouts that would draw one mask',
      () => sequence([dropout(0.5), dropout(0.5)]),
      'dropout1 and dropout2 both have the name dropout',
    ],
    [
      'networks in a sequence',
      () => sequence([network([affine(4)]), network([affine(4)])]),
      'affine1 and affine2 both have the name W1',
    ],
    [
      'numbers of `at` in a network',
      () => network([at(1)(affine(4)) as Net, at(1)(affine(4)) as Net]),
      'network: affine1 and affine2 both have the name W1',
    ],
    [
      'other options under one shared name',
      () => network([shared('a', affine(4)) as Net, shared('a', affine(4, 0.1)) as Net]),
      'network: affine1 and affine2 both have the name W_a',
    ],
    [
      'the branches of a residual',
      () => residual([at(1)(affine(4)) as Net], at(1)(affine(4)) as Net),
      'both have the name W1',
    ],
  ])('%s', (_title, build, message) => {
    expect(build).toThrow(ArgumentError)
    expect(build).toThrow(message)
  })

  test('shared between two shapes', () => {
    const net = network([shared('a', affine(4)) as Net, shared('a', affine(4)) as Net])
    const message =
      'shared: W_a would have shape (3, 4) in one place and (4, 4) in another; share only between places that get inputs of one shape'
    expect(() => outlineOf(net, [3])).toThrow(new ShapeError(message))
    expect(() => net.init(key(0), [3])).toThrow(new ShapeError(message))
  })

  test('plain layers without names: found when weights are made', () => {
    const { names: _, ...plain } = affine(4)
    expect(() => sequence([plain as Net, tanh, { ...plain } as Net]).init(key(0), [4])).toThrow(
      'layer1 and layer2 both have the name W',
    )
  })
})

describe('plain layers of one’s own', () => {
  const { names: _, outline: _o, ...unnamed } = affine(4)

  test('with weights and no names get the line to add', () => {
    const message =
      "at(1): a layer makes W, b, which its names do not list, so no place can be given to them; add to the layer: names: ['W', 'b']"
    expect(() => network([unnamed as Net]).init(key(0), [3])).toThrow(new ArgumentError(message))
    expect(() => outlineOf(network([unnamed as Net]), [3])).toThrow(new ArgumentError(message))
    expect(() => at(1)({ ...affine(4), names: ['W'] }).init(key(0), [3])).toThrow("add to the layer: names: ['W', 'b']")
  })

  test('without a description train, alone and in networks', () => {
    const swish: Layer<Tensors, Tensors, unknown> = { ...stateless, ...tanh }
    expect(observe(network([{ ...unnamed, names: ['W', 'b'] } as Net, swish]))).toEqual(
      observe(network([affine(4), tanh])),
    )
    expect(unnamed.init(key(0), [3]).params.W.shape).toEqual([3, 4])
  })

  test('a changed copy of a layer is none of its type any more', () => {
    expect([affine(4).spec, { ...affine(4) }.spec]).toEqual([
      { type: 'affine', numOut: 4, weightScale: 'he' },
      undefined,
    ])
    expect(network([{ ...(affine(4) as Net) }, relu]).spec).toBeUndefined()
    const loud = { ...relu, forward: (x: Tensor) => [x, null] as const } as unknown as Net
    const x = full([1, 4], -1, 'float64')
    const net = network([affine(4), loud])
    const { params } = initOf(net)
    expect(net.forward(x, params, key(0))[0]).toEqual(affine(4).predict(x, { W: params.W1, b: params.b1 } as never, {}))
  })

  test('what is no layer', () => {
    expect(() => network([affine(4), batchnorm as never])).toThrow(
      'network: layers[1] is no layer but a function batchnorm; call it, e.g. batchnorm()',
    )
    expect(() => sequence([null as never])).toThrow('sequence: layers[0] is no layer but null')
    expect(() => network(affine(4) as never)).toThrow('network: takes a list of layers')
  })
})

describe('a ShapeError names the layer and its place', () => {
  const net = network([affine(8), relu, residual([affine(8), affine(8)]), affine(3)])
  const { params } = net.init(key(0), [5])

  test('in forward, predict and outline', () => {
    const other = { ...params, W2_1: full([7, 8], 1) }
    const message =
      'residual1.affine2 of the network: affineForward: D = 8 because x has shape (2, 8), but D = 7 because w has shape (7, 8)'
    expect(() => net.forward(full([2, 5], 1), other, key(0))).toThrow(new ShapeError(message))
    expect(() => net.predict(full([2, 5], 1), other, {})).toThrow(new ShapeError(message))
    expect(() =>
      outlineOf(
        network([
          affine(4),
          batchnorm(),
          { ...relu, outline: () => ({ ...relu.outline?.([1, 2]) }) as never },
          layernorm(),
        ]),
        [3],
      ),
    ).toThrow(
      'layernorm1 of the network: layernorm: takes examples of shape (D,), but they have shape (1, 2); put it behind a layer that flattens them, e.g. affine',
    )
  })

  test('in backward', () => {
    const [, cache] = net.forward(full([2, 5], 1), params, key(0))
    expect(() => net.backward(full([2, 4], 1), cache)).toThrow(/^affine2 of the network: affineBackward: /)
  })
})

describe('defineLayer', () => {
  const scaled = defineLayer('scaled', ({ by }: { by: number }): Layer<Tensors, Tensors, null> => {
    if (typeof by !== 'number') throw new ArgumentError(`scaled: by must be a number, but got ${String(by)}`)
    const times = (t: Tensor): Tensor => ({ shape: t.shape, data: t.data.map((v) => by * v) })
    return { ...stateless, forward: (x) => [times(x), null], backward: (dy) => [times(dy), {}], predict: times }
  })
  const twice = defineLayer('twice', (_: Record<never, never>, [layer]: readonly Net[]) =>
    network([layer as Net, layer as Net]),
  )

  test('layers of one’s own are described, built and named as the library’s are', () => {
    const net = network([affine(4), scaled({ by: 2 }), twice({}, [affine(4) as Net])])
    expect(net.spec).toEqual({
      type: 'network',
      layers: [
        { type: 'affine', numOut: 4, weightScale: 'he' },
        { type: 'scaled', by: 2 },
        { type: 'twice', layers: [{ type: 'affine', numOut: 4, weightScale: 'he' }] },
      ],
    })
    const built = right(buildNet(net.spec as LayerSpec, [scaled, twice]))
    expect(observe(built)).toEqual(observe(net))
    expect(partsOf(net).map(({ name }) => name)).toEqual(['affine1', 'scaled1', 'affine2', 'affine3'])
  })

  test('classes keep their methods', () => {
    class Half {
      readonly names = [] as const
      init = stateless.init
      absorb = stateless.absorb
      forward(x: Tensor) {
        return [this.predict(x), null] as const
      }
      backward(dy: Tensor) {
        return [this.predict(dy), {}] as const
      }
      predict(x: Tensor): Tensor {
        return { shape: x.shape, data: x.data.map((v) => v / 2) }
      }
    }
    const half = defineLayer('half', () => new Half() as unknown as Net)
    expect(network([half()]).predict(full([1, 1], 3), {}, {}).data[0]).toBe(1.5)
  })

  test.each<[string, () => unknown, string]>([
    [
      'a type with odd signs',
      () => defineLayer('my layer', () => relu),
      "defineLayer: type must be letters and digits, e.g. 'swish', but got 'my layer'",
    ],
    [
      'a function as an option',
      () => scaled({ by: Math.sin as never }),
      'scaled: the option by cannot be written down, since it is a function',
    ],
    ['an option named type', () => scaled({ by: 1, type: 'x' } as never), 'scaled: an option cannot be named type'],
    [
      'parts that are not taken',
      () => scaled({ by: 1 }, [relu]),
      'scaled: it is made of no other layers, but got 1; leave them out',
    ],
  ])('%s is refused', (_title, build, message) => {
    expect(build).toThrow(message)
  })
})

describe('buildNet refuses', () => {
  const affineSpec = { type: 'affine', numOut: 3, weightScale: 'he' }
  const deep = (levels: number): LayerSpec => {
    let spec: LayerSpec = { type: 'relu' }
    for (let i = 0; i < levels; i++) spec = { type: 'network', layers: [spec] }
    return spec
  }

  test.each<[string, unknown, string]>([
    [
      'a type that is not known',
      { type: 'network', layers: [{ type: 'afine' }] },
      "buildNet: layers[0] has the type 'afine', which is not known; did you mean 'affine'?",
    ],
    ['no type', { layers: [] }, 'buildNet: the spec has no type'],
    ['no record', [1], 'buildNet: the spec must be a record with a type'],
    [
      'an unknown option',
      { ...affineSpec, numOuts: 3 },
      "buildNet: the spec: affine: unknown option 'numOuts'; did you mean 'numOut'?",
    ],
    [
      'an option of a layer that has none',
      { type: 'relu', alpha: 1 },
      "buildNet: the spec: relu: unknown option 'alpha'",
    ],
    [
      'a missing option',
      { type: 'affine', numOut: 3 },
      "buildNet: the spec: affine: weightScale is missing; give a number ≥ 0 or one of 'he', 'xavier'",
    ],
    [
      'an option out of range',
      {
        type: 'network',
        layers: [{ type: 'residual', layers: [{ type: 'dropout', keepProb: 2 }, { type: 'identity' }] }],
      },
      'buildNet: layers[0].layers[0]: dropout: keepProb must be in (0, 1]',
    ],
    [
      'layers of a layer that has none',
      { ...affineSpec, layers: [affineSpec] },
      'buildNet: the spec: affine: it is made of no other layers, but got 1; leave them out',
    ],
    ['an empty list of layers', { ...affineSpec, layers: [] }, 'buildNet: the net that was built says of itself'],
    [
      'layers that are no list',
      { type: 'network', layers: affineSpec },
      'buildNet: the layers of the spec must be a list',
    ],
    [
      'a residual of three',
      { type: 'residual', layers: [affineSpec, affineSpec, affineSpec] },
      'buildNet: the spec: residual: a spec has 2 layers, a network and its shortcut, but got 3',
    ],
    [
      'a place without a layer',
      { type: 'at', place: 1 },
      'buildNet: the spec: at: the layer that gets the place is missing',
    ],
    ['a name of everything', { type: '__proto__' }, "buildNet: the spec has the type '__proto__', which is not known"],
    [
      'a duplicated name',
      { type: 'sequence', layers: [affineSpec, affineSpec] },
      'buildNet: the spec: sequence: affine1 and affine2 both have the name W',
    ],
    ['80 levels', deep(80), 'more than 64'],
    ['10,000 levels', deep(10_000), 'more than 64'],
    ['text', 'relu', 'buildNet: the spec must be a record with a type'],
  ])('%s', (_title, spec, message) => {
    const got = leftMessage(buildNet(spec as LayerSpec))
    expect(got).toContain(message)
    expect(got).not.toContain('\n')
    expect(got.length).toBeLessThan(400)
  })

  test('not 64 levels, and allocates nothing for a net of 2^40 weights', () => {
    expect(right(buildNet(deep(64))).predict(full([1, 1], -1), {}, {}).data[0]).toBe(0)
    const huge = right(buildNet({ type: 'network', layers: [{ type: 'affine', numOut: 2 ** 40, weightScale: 'he' }] }))
    expect(outlineOf(huge, [2 ** 10]).params.W1).toEqual([2 ** 10, 2 ** 40])
  })

  test('types of one’s own with names that are taken', () => {
    const own = defineLayer('relu', () => ({ ...relu }))
    expect(leftMessage(buildNet({ type: 'relu' }, [own]))).toBe(
      "buildNet: two types of layers are named 'relu'; give yours another name",
    )
    expect(leftMessage(buildNet({ type: 'relu' }, [(() => relu) as never]))).toContain('must come from defineLayer')
  })
})

test('the empty network does nothing', () => {
  expect(network([]).predict(full([1, 1], 3), {}, {}).data[0]).toBe(3)
  expect(network([identity, identity]).names).toEqual([])
  expect(affineRelu(3).spec).toEqual({
    type: 'sequence',
    layers: [{ type: 'affine', numOut: 3, weightScale: 'he' }, { type: 'relu' }],
  })
})
