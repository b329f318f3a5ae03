import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArgumentError, ShapeError } from '../../src/errors/index.ts'
import { scoped } from '../../src/kernels/index.ts'
import {
  argmaxRows,
  cast,
  type Dtype,
  dtypeOf,
  full,
  isTransient,
  linspace,
  ones,
  reshape,
  type Shape,
  snapshot,
  snapshotAll,
  tensor,
  zeros,
} from '../../src/tensor/index.ts'

describe('constructors', () => {
  test('tensor copies its values, in row-major order and either precision', () => {
    const values = new Float64Array([1, 2, 3, 4, 5, 0.1])
    const single = tensor([2, 3], values)
    const double = tensor([2, 3], values, 'float64')
    values[0] = 9
    expect(single).toEqual({ shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 0.1]) })
    expect(double).toEqual({ shape: [2, 3], data: new Float64Array([1, 2, 3, 4, 5, 0.1]) })
    expect([dtypeOf(single), dtypeOf(double)]).toEqual(['float32', 'float64'])
  })

  test('[] is a scalar and sizes may be 0', () => {
    expect(tensor([], [7]).data).toEqual(new Float32Array([7]))
    expect(zeros([0, 3]).data.length).toBe(0)
  })

  test('zeros, ones, full', () => {
    expect(zeros([2, 2]).data).toEqual(new Float32Array(4))
    expect(ones([2]).data).toEqual(new Float32Array([1, 1]))
    expect(full([2], -0.5, 'float64').data).toEqual(new Float64Array([-0.5, -0.5]))
  })

  test('zeros are zeros also where a former step left numbers', () => {
    for (let step = 0; step < 2; step++) {
      scoped(() => {
        expect(zeros([64]).data.every((v) => v === 0)).toBe(true)
        full([64], step + 1)
      })
      scoped(() => {
        full([64], 5)
      })
    }
  })

  test('linspace hits both ends and is evenly spaced', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e3, max: 1e3, noNaN: true }),
        fc.double({ min: -1e3, max: 1e3, noNaN: true }),
        fc.integer({ min: 2, max: 20 }),
        (start, stop, n) => {
          const { data } = linspace(start, stop, [n], 'float64')
          expect(data[0]).toBeCloseTo(start, 12)
          expect(data[n - 1]).toBe(stop)
          const step = (stop - start) / (n - 1)
          data.forEach((v, i) => {
            expect(Math.abs(v - (start + i * step))).toBeLessThan(1e-9)
          })
        },
      ),
    )
    expect([...linspace(3, 9, [1]).data]).toEqual([3])
    expect(linspace(0, 5, [2, 3])).toEqual(tensor([2, 3], [0, 1, 2, 3, 4, 5]))
  })

  test('refuse another number of values, and tell both numbers', () => {
    expect(() => tensor([2, 2], [1, 2, 3])).toThrow(
      new ShapeError('tensor: shape (2, 2) has 4 elements, but 3 values came; give as many values, row by row'),
    )
  })

  test.each([
    [[-1], '[-1]'],
    [[1.5], '[1.5]'],
    [[Number.NaN], '[NaN]'],
    ['3', "'3'"],
    [undefined, 'undefined'],
  ])('refuse the shape %j', (shape, shown) => {
    const wrong = shape as unknown as Shape
    for (const make of [() => tensor(wrong, []), () => zeros(wrong), () => linspace(0, 1, wrong)]) {
      expect(make).toThrow(`shape is a list of integers ≥ 0, but got ${shown}`)
      expect(make).toThrow(ShapeError)
    }
  })

  test('zeros, ones and full call themselves by their own names', () => {
    for (const [name, make] of [
      ['zeros', zeros],
      ['ones', ones],
      ['full', (shape: Shape) => full(shape, 2)],
    ] as const) {
      expect(() => make([2, 0.5])).toThrow(`${name}: shape is a list of integers ≥ 0, but got [2, 0.5]`)
    }
  })

  test('refuse another precision', () => {
    const half = 'float16' as Dtype
    for (const [name, make] of [
      ['tensor', () => tensor([1], [1], half)],
      ['full', () => full([1], 1, half)],
      ['zeros', () => zeros([1], half)],
      ['ones', () => ones([1], half)],
      ['linspace', () => linspace(0, 1, [2], half)],
      ['cast', () => cast(ones([1]), half)],
    ] as const) {
      expect(make).toThrow(new ArgumentError(`${name}: dtype is 'float32' or 'float64', but got 'float16'`))
    }
  })
})

describe('reshape, cast, snapshot', () => {
  const x = tensor([2, 3], [0, 1, 2, 3, 4, 5])

  test('reshape shares the numbers', () => {
    const y = reshape(x, [3, 2])
    expect(y.shape).toEqual([3, 2])
    expect(y.data).toBe(x.data)
    expect(() => reshape(x, [4])).toThrow(new ShapeError('reshape: (2, 3) has 6 elements, but (4,) has 4'))
    expect(() => reshape(x, [-6])).toThrow(ShapeError)
  })

  test('cast copies, also to the same precision', () => {
    expect(cast(x, 'float64')).toEqual({ shape: [2, 3], data: Float64Array.from(x.data) })
    const same = cast(x, 'float32')
    expect(same).toEqual(x)
    expect(same.data).not.toBe(x.data)
    expect(cast(tensor([1], [0.1], 'float64'), 'float32').data[0]).toBe(Math.fround(0.1))
  })

  test('snapshot brings a temporary out of the arena', () => {
    const [inside, copy] = scoped(() => {
      const t = ones([3])
      return [t, snapshot(t)]
    })
    scoped(() => full([3], 8))
    expect([isTransient(inside), isTransient(copy)]).toEqual([true, false])
    // The step that followed wrote over the temporary, not over the copy.
    expect([[...inside.data], [...copy.data]]).toEqual([
      [8, 8, 8],
      [1, 1, 1],
    ])
  })

  test('snapshotAll copies each', () => {
    const copies = snapshotAll({ a: x, b: ones([1]) })
    expect(copies).toEqual({ a: x, b: ones([1]) })
    expect(copies.a.data).not.toBe(x.data)
  })
})

describe('argmaxRows', () => {
  test('gives the first of equal ones', () => {
    expect([...argmaxRows(tensor([4, 3], [1, 5, 5, -1, -2, -3, 0, 0, 0, -3, -2, -1]))]).toEqual([1, 0, 0, 2])
  })

  test('needs two axes', () => {
    expect(() => argmaxRows(zeros([3]))).toThrow(new ShapeError('argmaxRows: x must have shape (N, C), but has (3,)'))
  })
})
