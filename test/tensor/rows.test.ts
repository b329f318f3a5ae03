import { describe, expect, test } from 'vitest'
import { ArgumentError, ShapeError } from '../../src/errors/index.ts'
import {
  type Bytes,
  bytes,
  cast,
  type Dtype,
  decode,
  gather,
  isBytes,
  linspace,
  type Rows,
  selectRows,
  sliceRows,
  tensor,
} from '../../src/tensor/index.ts'
import { eachBackend } from '../support.ts'

describe('gather', () => {
  eachBackend(() => {
    const x = linspace(0, 11, [3, 2, 2])

    test('takes rows in the given order, again and again if asked', () => {
      const picked = gather(x, new Int32Array([2, 0, 2]))
      expect(picked).toEqual(tensor([3, 2, 2], [8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11]))
      expect(gather(x, new Int32Array(0)).shape).toEqual([0, 2, 2])
    })

    test('converts when asked', () => {
      expect(gather(x, new Int32Array([1]), 'float64')).toEqual(tensor([1, 2, 2], [4, 5, 6, 7], 'float64'))
      expect(gather(cast(x, 'float64'), new Int32Array([1])).data).toBeInstanceOf(Float64Array)
    })

    test('decodes bytes as (byte − mean)·scale, each column with its own', () => {
      const rows: Bytes = {
        shape: [2, 2],
        data: new Uint8Array([0, 255, 10, 20]),
        mean: new Float32Array([10, 5]),
        scale: new Float32Array([0.5, 2]),
      }
      expect(gather(rows, new Int32Array([1, 0]))).toEqual(tensor([2, 2], [0, 30, -5, 500]))
      expect(gather(rows, new Int32Array([0]), 'float64')).toEqual(tensor([1, 2], [-5, 500], 'float64'))
    })

    test('decode gives all rows', () => {
      expect(decode(bytes([2, 1, 2], new Uint8Array([0, 1, 2, 255]), 1, 2))).toEqual(tensor([2, 1, 2], [-2, 0, 2, 508]))
      expect(decode(x)).toEqual(x)
    })
  })

  test.each([[-1], [3], [2 ** 31 - 1]])('refuses row %i of three', (index) => {
    expect(() => gather(linspace(0, 5, [3, 2]), new Int32Array([0, index]))).toThrow(
      new ShapeError(`gather: index ${index} is not a row of (3, 2)`),
    )
  })

  describe('rows made by hand whose numbers do not fit are refused', () => {
    const good = bytes([2, 3], new Uint8Array(6))
    const first = Int32Array.of(0)

    test.each<[Rows, string]>([
      [{ ...good, data: new Uint8Array(5) }, 'rows of shape (2, 3) have 6 elements, but their data hold 5; bytes('],
      [{ shape: [2, 3], data: new Float32Array(7) }, 'rows of shape (2, 3) have 6 elements, but their data hold 7; '],
      [
        { ...good, mean: new Float32Array(2) },
        'mean must be a Float32Array of one number an element of a row, so 3 for rows of shape (2, 3), but got 2; bytes(',
      ],
      [
        { ...good, scale: new Float32Array(4) },
        'scale must be a Float32Array of one number an element of a row, so 3 for rows of shape (2, 3), but got 4; bytes(',
      ],
      [
        { ...good, scale: 0.5 as unknown as Float32Array },
        'scale must be a Float32Array of one number an element of a row, so 3 for rows of shape (2, 3), but got 0.5; bytes(',
      ],
    ])('%j', (rows, problem) => {
      for (const [name, call] of [
        ['gather', () => gather(rows, first)],
        ['decode', () => decode(rows)],
        ['selectRows', () => isBytes(rows) && selectRows(rows, first)],
      ] as const) {
        if (name === 'selectRows' && !isBytes(rows)) continue
        expect(call).toThrow(ShapeError)
        expect(call).toThrow(`${name}: ${problem}`)
      }
    })
  })

  test('refuses another precision', () => {
    expect(() => gather(linspace(0, 5, [3, 2]), new Int32Array(1), 'int8' as Dtype)).toThrow(
      new ArgumentError("gather: dtype is 'float32' or 'float64', but got 'int8'"),
    )
  })

  test('bytes refuses another number of bytes', () => {
    expect(() => bytes([2, 2], new Uint8Array(3))).toThrow(
      new ShapeError('bytes: shape (2, 2) has 4 elements, but 3 bytes came'),
    )
  })
})

describe('selectRows and sliceRows', () => {
  const x = linspace(0, 11, [3, 2, 2])
  const rows = bytes([3, 2], new Uint8Array([1, 2, 3, 4, 5, 6]), 1, 0.5)

  test('selectRows keeps the form', () => {
    expect(selectRows(x, new Int32Array([2, 0]))).toEqual(gather(x, new Int32Array([2, 0])))
    expect(selectRows(rows, new Int32Array([2, 0]))).toEqual({
      ...rows,
      shape: [2, 2],
      data: new Uint8Array([5, 6, 1, 2]),
    })
    expect(() => selectRows(rows, new Int32Array([3]))).toThrow(
      new ShapeError('selectRows: index 3 is not a row of (3, 2)'),
    )
  })

  test('sliceRows shares the numbers', () => {
    const middle = sliceRows(x, 1, 2)
    expect(middle).toEqual(tensor([1, 2, 2], [4, 5, 6, 7]))
    expect(middle.data.buffer).toBe(x.data.buffer)
    expect(decode(sliceRows(rows, 1, 3))).toEqual(tensor([2, 2], [1, 1.5, 2, 2.5]))
    expect(sliceRows(x, 3, 3).shape).toEqual([0, 2, 2])
  })

  test.each([
    [-1, 2],
    [2, 1],
    [0, 4],
    [0.5, 1],
  ])('sliceRows from %d to %d of three rows is refused', (start, stop) => {
    expect(() => sliceRows(x, start, stop)).toThrow(
      new ShapeError(`sliceRows: rows ${start} to ${stop} are no range of the rows of (3, 2, 2)`),
    )
  })
})
