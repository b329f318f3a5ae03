import { describe, expect, test } from 'vitest'
import { OptionError } from '../../src/errors/index.ts'
import { kernelsFor } from '../../src/kernels/index.ts'
import { gatherAugmented, key } from '../../src/random/index.ts'
import { bytes, type Dtype, decode, zeros } from '../../src/tensor/index.ts'
import { eachBackend, goldenCase } from '../support.ts'

const H = 4
const W = 5
const images = bytes(
  [3, 2, H, W],
  Uint8Array.from({ length: 3 * 2 * H * W }, (_, i) => 1 + i),
  100,
  0.5,
)
const all = Int32Array.of(0, 1, 2)
const plain = decode(images).data

/** Whether `actual` is image i, moved by (down, right) and then mirrored, pixel by pixel. */
const isMoved = (actual: ArrayLike<number>, i: number, down: number, right: number, mirrored: boolean): boolean => {
  for (let plane = 0; plane < 2; plane++) {
    for (let y = 0; y < H; y++) {
      for (let x = 0; x < W; x++) {
        const [row, column] = [y - down, (mirrored ? W - 1 - x : x) - right]
        const inside = row >= 0 && row < H && column >= 0 && column < W
        const expected = inside ? plain[((i * 2 + plane) * H + row) * W + column] : 0
        if (actual[(plane * H + y) * W + x] !== expected) return false
      }
    }
  }
  return true
}

const range = (shift: number): number[] => Array.from({ length: 2 * shift + 1 }, (_, i) => i - shift)

/** Every (down, right, mirrored) that turns image i into `actual`. */
const movesOf = (actual: ArrayLike<number>, i: number, shift: number): string[] =>
  range(shift).flatMap((down) =>
    range(shift).flatMap((right) =>
      [false, true].filter((m) => isMoved(actual, i, down, right, m)).map((m) => `${down},${right},${m}`),
    ),
  )

const imageOf = (data: ArrayLike<number>, i: number): number[] =>
  Array.from({ length: 2 * H * W }, (_, j) => data[i * 2 * H * W + j] as number)

describe('gatherAugmented', () => {
  test('without flip and shift is gather', () => {
    expect(gatherAugmented(images, all, {}, key(0)).data).toEqual(plain)
  })

  test('draws every move and both sides, each about as often', () => {
    const counts = new Map<string, number>()
    for (let seed = 0; seed < 600; seed++) {
      const { data } = gatherAugmented(images, all, { flip: true, shift: 1 }, key(seed))
      for (const i of all) {
        const moves = movesOf(imageOf(data, i), i, 1)
        expect(moves).toHaveLength(1)
        counts.set(moves[0] as string, (counts.get(moves[0] as string) ?? 0) + 1)
      }
    }
    expect(counts.size).toBe(18)
    // 1800 draws over 18 cases: 100 each, standard deviation 9.7.
    expect(Math.min(...counts.values())).toBeGreaterThan(60)
    expect(Math.max(...counts.values())).toBeLessThan(140)
  })

  test('flip alone never moves, shift alone never mirrors', () => {
    for (let seed = 0; seed < 40; seed++) {
      const flipped = gatherAugmented(images, all, { flip: true }, key(seed)).data
      const shifted = gatherAugmented(images, all, { shift: 2 }, key(seed)).data
      for (const i of all) {
        expect(movesOf(imageOf(flipped, i), i, 0)).toHaveLength(1)
        expect(movesOf(imageOf(shifted, i), i, 2).some((move) => move.endsWith('false'))).toBe(true)
      }
    }
  })

  test('is a pure function of the key, and float64 gives the same numbers', () => {
    const once = gatherAugmented(images, all, { flip: true, shift: 2 }, key(7)).data
    expect(gatherAugmented(images, all, { flip: true, shift: 2 }, key(7)).data).toEqual(once)
    expect([...gatherAugmented(images, all, { flip: true, shift: 2 }, key(7), 'float64').data]).toEqual([...once])
  })

  test('a shift beyond the image leaves the mean', () => {
    const shifts = Array.from({ length: 30 }, (_, seed) => gatherAugmented(images, all, { shift: 40 }, key(seed)).data)
    expect(shifts.filter((data) => data.every((v) => v === 0)).length).toBeGreaterThan(10)
  })

  eachBackend(() => {
    test.each(['reflect', 'zero'])('border %s agrees with the padding of PyTorch', (border) => {
      const { inputs, outputs } = goldenCase('methods', `shift ${border}`)
      const moves = (inputs.moves as [number, number, number][]).flatMap(([down, right, mirrored]) => [
        down,
        right,
        mirrored + (border === 'reflect' ? 2 : 0),
      ])
      for (const dtype of ['float32', 'float64'] as const) {
        const out = zeros([3, 2, H, W], dtype)
        const { data, mean, scale } = images
        kernelsFor(out.data).gatherImages(data, all, mean, scale, Int32Array.from(moves), H, W, out.data)
        expect([...out.data]).toEqual((outputs.out as { data: number[] }).data)
      }
    })
  })

  test('a reflected border shows pixels of the same image only, moved as without it', () => {
    const held = (data: ArrayLike<number>, i: number) => imageOf(data, i)
    for (let seed = 0; seed < 60; seed++) {
      const zero = gatherAugmented(images, all, { flip: true, shift: 3 }, key(seed)).data
      const reflected = gatherAugmented(images, all, { flip: true, shift: 3, border: 'reflect' }, key(seed)).data
      for (const i of all) {
        const own = new Set(imageOf(plain, i))
        expect(held(reflected, i).every((v) => own.has(v))).toBe(true)
        held(zero, i).forEach((v, j) => {
          if (v !== 0) expect(held(reflected, i)[j]).toBe(v)
        })
      }
    }
  })

  test("flip 'alternate' mirrors each image in every second epoch, half of them in even ones", () => {
    const many = bytes(
      [400, 1, 1, 2],
      Uint8Array.from({ length: 800 }, (_, i) => i % 2),
      0,
      1,
    )
    const rows = Int32Array.from({ length: 400 }, (_, i) => i)
    const turned = (epoch: number, seed: number, indices = rows) => {
      const { data } = gatherAugmented(many, indices, { flip: 'alternate' }, key(seed), 'float32', {
        key: key(5),
        epoch,
      })
      return Array.from(indices, (_, i) => data[2 * i] === 1)
    }
    const even = turned(0, 1)
    expect(even.filter(Boolean).length).toBeGreaterThan(160)
    expect(even.filter(Boolean).length).toBeLessThan(240)
    // Whatever the step's key and the batch are.
    expect(turned(1, 2)).toEqual(even.map((side) => !side))
    expect(turned(2, 3)).toEqual(even)
    expect(turned(2, 4, rows.toReversed())).toEqual(even.toReversed())
  })

  test('says what it needs', () => {
    expect(() => gatherAugmented(bytes([1, 4], new Uint8Array(4)), Int32Array.of(0), {}, key(0))).toThrow(
      'gatherAugmented: rows are images of shape (N, …, H, W), but have (1, 4)',
    )
    expect(() => gatherAugmented(images, Int32Array.of(3), {}, key(0))).toThrow('index 3 is not a row')
    const short = { ...images, mean: new Float32Array(1) }
    expect(() => gatherAugmented(short, all, {}, key(0))).toThrow(
      'gatherAugmented: mean must be a Float32Array of one number an element of a row, so 40 for rows of shape (3, 2, 4, 5), but got 1',
    )
    expect(() => gatherAugmented(images, all, {}, key(0), 'half' as Dtype)).toThrow(
      "gatherAugmented: dtype is 'float32' or 'float64', but got 'half'",
    )
  })

  test.each<[object, string]>([
    [{ shift: -1 }, 'gatherAugmented: shift must be an integer ≥ 0, but got -1'],
    [{ shift: 1.5 }, 'gatherAugmented: shift must be an integer ≥ 0, but got 1.5'],
    [{ flip: 1 }, "gatherAugmented: flip must be true or false or one of 'alternate', but got 1"],
    [
      { flip: 'alternat' },
      "gatherAugmented: flip must be true or false or one of 'alternate', but got 'alternat'; did you mean 'alternate'?",
    ],
    [
      { border: 'reflekt' },
      "gatherAugmented: border must be one of 'zero', 'reflect', but got 'reflekt'; did you mean 'reflect'?",
    ],
    [
      { shift: 4, border: 'reflect' },
      "gatherAugmented: border 'reflect' needs a shift that is smaller than the image, but shift is 4 and the images are 4×5; lower it, or use border 'zero'",
    ],
    [{ flipp: true }, "gatherAugmented: unknown option 'flipp'; did you mean 'flip'?"],
  ])('refuses the augmentation %j', (augmentation, message) => {
    const call = (): unknown => gatherAugmented(images, all, augmentation, key(0))
    expect(call).toThrow(new OptionError(message))
  })
})
