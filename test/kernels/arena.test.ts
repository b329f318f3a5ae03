import { describe, expect, test } from 'vitest'
import { giveBack, moment, scoped, temporary } from '../../src/kernels/arena.ts'
import { heapBytesInUse } from '../../src/kernels/heap.ts'
import { affine, type Net, network } from '../../src/layers/index.ts'
import { stateless } from '../../src/layers/layer.ts'
import { key, normal } from '../../src/random/index.ts'
import { emptyLike, type Tensor, type Tensors } from '../../src/tensor/index.ts'

const MB = 2 ** 18
const floats = (length: number): Float32Array => temporary('float32', length)
const placesOf = (arrays: readonly Float32Array[]): readonly number[] => arrays.map(({ byteOffset }) => byteOffset)

describe('the arena', () => {
  // Sizes that need several chunks, in no order.
  const step = (): readonly Float32Array[] => [3, 20, 1, 70, 9, 40, 2, 30].map((size) => floats(size * MB))

  test('gives the places of the last time, also after a step that outgrew it, and takes no more than that step needed', () => {
    const before = heapBytesInUse()
    const first = scoped(step)
    const taken = heapBytesInUse() - before
    expect(taken).toBeLessThanOrEqual(1.5 * 175 * 2 ** 20)
    for (let i = 0; i < 3; i++) {
      const again = scoped(step)
      again.forEach((view, j) => {
        expect(view).toBe(first[j])
      })
    }
    expect(heapBytesInUse() - before).toBe(taken)
  })

  test('gives back chunks that a larger step has no use for', () => {
    scoped(step)
    const before = heapBytesInUse()
    for (let i = 0; i < 2; i++) scoped(() => floats(180 * MB))
    expect(heapBytesInUse()).toBeLessThanOrEqual(Math.max(before, 190 * 2 ** 20 + before - 175 * 2 ** 20))
  })

  test('a place that was given back is taken again, and joins its neighbours', () => {
    scoped(() => {
      const since = moment()
      const [a, b, c] = [floats(100), floats(50), floats(200)]
      giveBack(a, since)
      giveBack(b, since)
      expect(floats(160).byteOffset).toBe(a.byteOffset)
      giveBack(c, since)
      // What is left of a and b, and c.
      expect(floats(200).byteOffset).toBeLessThan(c.byteOffset)
    })
  })

  test('what is older than the moment, or no temporary, stays', () => {
    scoped(() => {
      const old = floats(64)
      const since = moment()
      const young = floats(64)
      for (const array of [old, young.subarray(0, 32), new Float32Array(64)]) giveBack(array, since)
      const next = [floats(64), floats(64)]
      expect(placesOf(next)).not.toContain(old.byteOffset)
      expect(placesOf(next)).not.toContain(young.byteOffset)
    })
  })

  test('a nested scope leaves what was free before it', () => {
    scoped(() => {
      const a = floats(64)
      const inner = scoped(() => floats(64))
      expect(floats(64).byteOffset).toBe(inner.byteOffset)
      expect(a.byteOffset).not.toBe(inner.byteOffset)
      scoped(() => floats(300 * MB))
      expect(placesOf([floats(64)])).not.toContain(a.byteOffset)
    })
  })
})

describe('backward of a product', () => {
  const seen: { readonly dy: Tensor; readonly dx: Tensor }[] = []
  /** y = x, whose backward notes what comes and goes. */
  const layer = (backward: (dy: Tensor) => readonly [Tensor, Tensors]): Net => ({
    ...stateless,
    gradients: (dy) => backward(dy)[1],
    forward: (x) => [x, null],
    backward: (dy) => {
      const [dx, own] = backward(dy)
      seen.push({ dy, dx })
      return [dx, own]
    },
    predict: (x) => x,
  })
  const copied = (dy: Tensor): Tensor => {
    const dx = emptyLike(dy)
    dx.data.set(dy.data)
    return dx
  }
  const run = (layers: readonly Net[]): readonly { readonly dy: Tensor; readonly dx: Tensor }[] => {
    seen.length = 0
    const net = network([affine(3), ...layers])
    const x = normal(key(1), [4, 5])
    scoped(() => {
      const [y, cache] = net.forward(x, net.init(key(2), [5]).params, key(3))
      net.backward(y, cache)
    })
    return [...seen]
  }
  const place = ({ data }: Tensor): number => data.byteOffset

  test('gives the place of dx back when the layer before has used it', () => {
    const [last, middle, first] = run(Array(3).fill(layer((dy) => [copied(dy), {}]))) as [
      ...(typeof seen)[number][],
    ] as [(typeof seen)[number], (typeof seen)[number], (typeof seen)[number]]
    expect(place(first.dx)).toBe(place(last.dx))
    expect(place(middle.dx)).not.toBe(place(last.dx))
    // What came in is the caller's.
    expect(place(middle.dx)).not.toBe(place(last.dy))
  })

  test('keeps what is passed on, or is a gradient too', () => {
    const passed = run([layer((dy) => [copied(dy), {}]), layer((dy) => [dy, {}]), layer((dy) => [copied(dy), {}])])
    expect(place((passed[2] as { dx: Tensor }).dx)).not.toBe(place((passed[0] as { dx: Tensor }).dx))
    const own = run([
      layer((dy) => [copied(dy), {}]),
      layer((dy) => [copied(dy), { b: dy }]),
      layer((dy) => [copied(dy), {}]),
    ])
    expect(place((own[2] as { dx: Tensor }).dx)).not.toBe(place((own[0] as { dx: Tensor }).dx))
    const shared = run([
      layer((dy) => [copied(dy), {}]),
      layer((dy) => [copied(dy), {}]),
      layer((dy) => {
        const dx = copied(dy)
        return [dx, { b: dx }]
      }),
    ])
    expect(place((shared[2] as { dx: Tensor }).dx)).not.toBe(place((shared[0] as { dx: Tensor }).dx))
  })
})
