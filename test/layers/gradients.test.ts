import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../src/errors/index.ts'
import * as exported from '../../src/layers/index.ts'
import {
  affine,
  affineBnRelu,
  affineRelu,
  andThen,
  at,
  batchnorm,
  dropout,
  gelu,
  gradientCheck,
  gradientCheckLayer,
  type Layer,
  layernorm,
  leakyRelu,
  type Net,
  numericalGradient,
  relu,
  sequence,
  shared,
  tanh,
} from '../../src/layers/index.ts'
import { full, type Tensor, type Tensors } from '../../src/tensor/index.ts'
import { close, random } from '../support.ts'
import { layers, losses, type Primitive, primitives, withoutGradient } from './table.ts'

const LIMIT = 1e-8
// A net bends more, so the central difference itself is further off.
const NET_LIMIT = 1e-6

const names = Object.keys(exported)
const isPrimitive = (name: string): boolean => /(Forward|Backward)$/.test(name)

describe('each export of src/layers has a row in the table', () => {
  test.each(names.filter(isPrimitive))('%s', (name) => {
    const row = name.replace(/(Forward|Backward)$/, '')
    expect(primitives, `add a row '${row}' to primitives in test/layers/table.ts`).toHaveProperty(row)
    expect(names).toEqual(expect.arrayContaining([`${row}Forward`, `${row}Backward`]))
  })

  test.each(names.filter((name) => !isPrimitive(name)))('%s', (name) => {
    const rows = [...Object.keys(layers), ...Object.keys(losses), ...withoutGradient]
    expect(rows, `add a row '${name}' to layers or losses in test/layers/table.ts`).toContain(name)
  })

  test('whatever looks like a layer is a row of layers, and no row is left over', () => {
    const objects = Object.entries<unknown>(exported).filter(
      ([, value]) => typeof value === 'object' && value !== null && 'forward' in value,
    )
    expect(Object.keys(layers)).toEqual(expect.arrayContaining(objects.map(([name]) => name)))
    expect(names).toEqual(expect.arrayContaining([...Object.keys(layers), ...Object.keys(losses), ...withoutGradient]))
    expect(names).toEqual(expect.arrayContaining(Object.keys(primitives).map((row) => `${row}Forward`)))
  })
})

const checkPrimitive = ({ shapes, call }: Primitive) => {
  const inputs = Object.fromEntries(Object.entries(shapes).map(([name, shape], i) => [name, random(i, shape)]))
  const { out, backward } = call(inputs)
  const dout = random(100, out.shape)
  const f = (moved: Tensors): number => {
    const y = call(moved).out
    let sum = 0
    for (let i = 0; i < y.data.length; i++) sum += (y.data[i] as number) * (dout.data[i] as number)
    return sum
  }
  return gradientCheck(f, inputs, backward(dout))
}

describe(`gradients agree with central differences to ${LIMIT}`, () => {
  test.each(Object.keys(primitives))('%sBackward', (name) => {
    const report = checkPrimitive(primitives[name] as Primitive)
    expect(report.error, report.text).toBeLessThan(LIMIT)
  })

  test.each(Object.keys(layers))('the layer %s', (name) => {
    const { layer, inShape } = layers[name] as (typeof layers)[string]
    const report = gradientCheckLayer(layer, inShape, 5)
    expect(report.error, report.text).toBeLessThan(LIMIT)
    expect(report.worst.map((w) => w.name)).toEqual(
      expect.arrayContaining(['x', ...Object.keys(layer.init([0, 0], inShape).params)]),
    )
  })

  test.each(Object.keys(losses))('%s', (name) => {
    const loss = losses[name] as (typeof losses)[string]
    const x = random(1, [6, 4])
    close(
      loss(x)[1],
      numericalGradient((moved) => loss(moved)[0], x),
      LIMIT,
      name,
    )
  })
})

describe(`gradients of nets agree to ${NET_LIMIT}`, () => {
  test.each([
    ['a layer used twice', sequence([shared('twice', affine(4)) as Net, tanh, shared('twice', affine(4)) as Net]), [4]],
    ['placed layers', sequence([at(1)(affineRelu(5)) as Net, at(2)(affine(2)) as Net]), [3]],
    [
      'all kinds in a row',
      sequence([
        at(1)(affine(6)) as Net,
        at(1)(batchnorm()) as Net,
        leakyRelu(0.1),
        at(1)(dropout(0.7)),
        at(2)(affine(5)) as Net,
        at(2)(layernorm()) as Net,
        gelu,
        at(3)(at(1)(affineBnRelu(4))) as Net,
      ]),
      [2, 2],
    ],
    ['andThen', pipe(affine(3), andThen(batchnorm()), andThen(relu)) as Net, [4]],
  ] as const)('%s', (_name, net, inShape) => {
    const report = gradientCheckLayer(net, inShape, 6)
    expect(report.error, report.text).toBeLessThan(NET_LIMIT)
  })
})

describe('gradientCheck', () => {
  const square = ({ x }: Tensors): number => [...(x as Tensor).data].reduce((sum, v) => sum + v * v, 0)
  const x = random(3, [2, 3])
  const right = { shape: x.shape, data: x.data.map((v) => 2 * v) }
  const wrongAt = (index: number, value: number) => ({
    shape: x.shape,
    data: right.data.map((v, i) => (i === index ? value : v)),
  })

  test('accepts the right gradient and names the worst place of a wrong one', () => {
    expect(gradientCheck(square, { x }, { x: right }).error).toBeLessThan(LIMIT)
    const { error, worst, text } = gradientCheck(square, { x }, { x: wrongAt(4, 100) })
    expect(error).toBeGreaterThan(0.9)
    expect(worst).toMatchObject([{ name: 'x', place: '[1, 1]', analytic: 100 }])
    expect(text).toMatch(/^x +error 9\.\d\de-1 at \[1, 1\]: analytic 100\.0+, numerical -?\d\.\d+$/)
  })

  test('a NaN is an error, not a pass', () => {
    const { error, worst } = gradientCheck(square, { x }, { x: wrongAt(2, Number.NaN) })
    expect(error).toBeNaN()
    expect(worst[0]?.place).toBe('[0, 2]')
  })

  test('along random directions it finds a wrong gradient too', () => {
    const large = random(4, [30, 30])
    const gradient = { shape: large.shape, data: large.data.map((v) => 2 * v) }
    expect(gradientCheck(square, { x: large }, { x: gradient }).worst[0]?.place).toMatch(/^along random direction \d$/)
    expect(gradientCheck(square, { x: large }, { x: gradient }).error).toBeLessThan(1e-7)
    const negative = { shape: large.shape, data: large.data.map((v) => -2 * v) }
    expect(gradientCheck(square, { x: large }, { x: negative }).error).toBeGreaterThan(0.1)
    const scaled = { shape: large.shape, data: large.data.map((v) => 2.01 * v) }
    expect(gradientCheck(square, { x: large }, { x: scaled }).error).toBeGreaterThan(1e-4)
  })

  test('finds a wrong layer', () => {
    const wrong: Layer<Tensors, Tensors, unknown> = {
      ...(affine(3) as Net),
      backward: (dy, cache) => {
        const [dx, dparams] = (affine(3) as Net).backward(dy, cache)
        return [dx, { ...dparams, b: full((dparams.b as Tensor).shape, 0, 'float64') }]
      },
    }
    const report = gradientCheckLayer(wrong, [4])
    expect(report.worst.filter((w) => w.error > LIMIT).map((w) => w.name)).toEqual(['b'])
  })

  test('refuses float32, with a hint', () => {
    expect(() => gradientCheck(square, { x: random(3, [2], 'float32') }, {})).toThrow(
      new ArgumentError(
        "gradientCheck: x is float32, whose rounding errors are as large as the differences; use dtype: 'float64'",
      ),
    )
    expect(() => numericalGradient(() => 0, random(3, [2], 'float32'))).toThrow(
      /^numericalGradient: x is float32, .*use cast\(x, 'float64'\) or a net with dtype: 'float64'$/,
    )
  })

  test('refuses a missing gradient and one of another size', () => {
    expect(() => gradientCheck(square, { x }, {})).toThrow(
      new ArgumentError(
        'gradientCheck: x has 6 elements, but no gradient; backward must return one for each weight under its own name',
      ),
    )
    expect(() => gradientCheck(square, { x }, { x: random(1, [2]) })).toThrow(
      /x has 6 elements, but a gradient with 2;/,
    )
  })
})
