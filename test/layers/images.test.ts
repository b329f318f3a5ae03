import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scoped } from '../../src/kernels/index.ts'
import {
  affine,
  affineForward,
  avgPool,
  avgPoolForward,
  batchnorm,
  batchnormForward,
  col2im,
  conv,
  convBackward,
  convBnRelu,
  convForward,
  convGradients,
  convRelu,
  flatten,
  globalAvgPool,
  globalAvgPoolForward,
  gradientCheckLayer,
  groupnorm,
  im2col,
  layernormForward,
  maxPool,
  maxPoolBackward,
  maxPoolForward,
  type Net,
  network,
  outlineOf,
  relu,
  residual,
  spatialBatchnormForward,
  spatialBatchnormPredict,
  spatialGroupnormForward,
} from '../../src/layers/index.ts'
import { key } from '../../src/random/index.ts'
import { ones, reshape, type Shape, type Tensor, tensor, zeros } from '../../src/tensor/index.ts'
import { bitsOf, close, eachBackend, random } from '../support.ts'

/** (N, C, H, W) → (N·H·W, C): a row a pixel. */
const pixels = ({ shape, data }: Tensor): Tensor => {
  const [N = 0, C = 0, H = 0, W = 0] = shape
  const plane = H * W
  const rows = Array.from({ length: N * plane * C }, (_, i) => {
    const [pixel, c] = [Math.floor(i / C), i % C]
    return data[(Math.floor(pixel / plane) * C + c) * plane + (pixel % plane)] as number
  })
  return tensor([N * plane, C], rows, 'float64')
}

const plus = (a: Tensor, b: Tensor): Tensor => ({
  shape: a.shape,
  data: a.data.map((v, i) => v + (b.data[i] as number)),
})

describe('laws', () => {
  test('a 1×1 convolution is an affine of each pixel', () => {
    const [x, w, b] = [random(1, [2, 3, 4, 5]), random(2, [6, 3, 1, 1]), random(3, [6])]
    const turned = tensor(
      [3, 6],
      Array.from({ length: 18 }, (_, i) => w.data[(i % 6) * 3 + Math.floor(i / 6)] as number),
      'float64',
    )
    close(pixels(convForward(x, w, b)[0]), affineForward(pixels(x), turned, b)[0], 1e-12)
  })

  test('a shifted input shifts the output', () => {
    const [w, b] = [random(2, [3, 2, 3, 3]), random(3, [3])]
    const small = random(1, [1, 2, 5, 5])
    const placed = (down: number, right: number): Tensor => {
      const x = zeros([1, 2, 9, 9], 'float64')
      small.data.forEach((v, i) => {
        const [c, row, column] = [Math.floor(i / 25), Math.floor(i / 5) % 5, i % 5]
        x.data[c * 81 + (row + 1 + down) * 9 + column + 1 + right] = v
      })
      return convForward(x, w, b, { pad: 1 })[0]
    }
    const [still, moved] = [placed(0, 0), placed(2, 1)]
    for (let f = 0; f < 3; f++) {
      for (let row = 0; row < 7; row++) {
        for (let column = 0; column < 8; column++) {
          const at = f * 81 + row * 9 + column
          expect(moved.data[at + 2 * 9 + 1]).toBeCloseTo(still.data[at] as number, 12)
        }
      }
    }
  })

  test('the convolution of a sum is the sum of the convolutions', () => {
    const [x, y, w] = [random(1, [2, 2, 5, 4]), random(2, [2, 2, 5, 4]), random(3, [3, 2, 3, 3])]
    const of = (t: Tensor): Tensor => convForward(t, w, zeros([3], 'float64'), { pad: 1, stride: 2 })[0]
    close(of(plus(x, y)), plus(of(x), of(y)), 1e-12)
  })

  test('a convolution is the product with what im2col makes', () => {
    const [x, w, b] = [random(1, [2, 3, 6, 5]), random(2, [4, 3, 3, 2]), random(3, [4])]
    const params = { stride: [2, 1], pad: [1, 2] } as const
    const columns = im2col(x, 3, 2, params)
    const rows = tensor(
      [18, 4],
      Array.from({ length: 72 }, (_, i) => w.data[(i % 4) * 18 + Math.floor(i / 4)] as number),
      'float64',
    )
    close(pixels(convForward(x, w, b, params)[0]), affineForward(columns, rows, b)[0], 1e-12)
  })

  test('col2im is the transpose of im2col: ⟨im2col(x), m⟩ = ⟨x, col2im(m)⟩', () => {
    const x = random(1, [2, 3, 6, 5])
    const params = { stride: [2, 1], pad: [1, 2] } as const
    const columns = im2col(x, 3, 2, params)
    const m = random(2, columns.shape)
    const dot = (a: Tensor, b: Tensor): number =>
      Array.from(a.data).reduce((sum, v, i) => sum + v * (b.data[i] as number), 0)
    expect(dot(columns, m)).toBeCloseTo(dot(x, col2im(m, x.shape, 3, 2, params)), 10)
  })

  test('planes of one pixel are rows: batchnorm, and groupnorm of one group is layernorm', () => {
    const [x, gamma, beta] = [random(1, [5, 4]), random(2, [4]), random(3, [4])]
    const images = reshape(x, [5, 4, 1, 1])
    const flat = (t: Tensor): Tensor => reshape(t, [5, 4])
    expect(flat(spatialBatchnormForward(images, gamma, beta)[0]).data).toEqual(batchnormForward(x, gamma, beta)[0].data)
    close(flat(spatialGroupnormForward(images, gamma, beta, 1)[0]), layernormForward(x, gamma, beta)[0], 1e-12)
  })

  test('spatial batchnorm is batchnorm of a row a pixel', () => {
    const [x, gamma, beta] = [random(1, [3, 4, 2, 5]), random(2, [4]), random(3, [4])]
    const [out, cache] = spatialBatchnormForward(x, gamma, beta)
    const [rows, rowCache] = batchnormForward(pixels(x), gamma, beta)
    close(pixels(out), rows, 1e-12)
    close(cache.variance, rowCache.variance, 1e-12)
    // With its own statistics evaluation is training.
    close(spatialBatchnormPredict(x, gamma, beta, cache.mean, cache.variance), out, 1e-12)
  })

  test('an average over the plane is the global average', () => {
    const x = random(1, [2, 3, 4, 5])
    const all = avgPoolForward(x, { poolHeight: 4, poolWidth: 5 })[0]
    expect(reshape(all, [2, 3])).toEqual(globalAvgPoolForward(x)[0])
  })

  test('the gradient of a maximum: the first of equal ones, and a NaN where there is one', () => {
    const params = { poolHeight: 2, poolWidth: 2 }
    const tied = tensor([1, 1, 2, 4], [1, 2, Number.NaN, 5, 2, 2, 7, Number.NaN])
    const [out, cache] = maxPoolForward(tied, params)
    expect(Array.from(out.data)).toEqual([2, Number.NaN])
    expect(Array.from(maxPoolBackward(ones([1, 1, 1, 2]), cache).data)).toEqual([0, 1, 0, 0, 0, 0, 0, 1])
    const lowest = tensor([1, 1, 2, 2], Array(4).fill(Number.NEGATIVE_INFINITY))
    expect(maxPoolForward(lowest, params)[0].data[0]).toBe(Number.NEGATIVE_INFINITY)
  })

  test('convGradients is convBackward without dx, and so is a first layer', () => {
    const [x, w, b] = [random(1, [2, 3, 5, 5]), random(2, [4, 3, 3, 3]), random(3, [4])]
    const [out, cache] = convForward(x, w, b, { stride: 2 })
    const dout = random(4, out.shape)
    expect(convGradients(dout, cache)).toEqual(convBackward(dout, cache).slice(1))
    const net = network([maxPool(2), conv(3, { pad: 'same' }) as Net, relu, affine(2) as Net])
    const { params } = net.init(key(0), [3, 4, 6], 'float64')
    const [y, caches] = net.forward(random(1, [2, 3, 4, 6]), params, key(0))
    const dy = random(2, y.shape)
    expect(bitsOf(net.gradients?.(dy, caches) ?? {})).toEqual(bitsOf(net.backward(dy, caches)[1]))
  })

  test('of any sizes the shapes are those that the outline says', () => {
    const pair = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
    fc.assert(
      fc.property(pair, pair, fc.tuple(fc.nat(3), fc.nat(3)), pair, (filterSize, stride, pad, [H, W]) => {
        fc.pre(H + 2 * pad[0] >= filterSize[0] && W + 2 * pad[1] >= filterSize[1])
        const layer = conv(2, { filterSize, stride, pad }) as Net
        const { params, outShape } = layer.init(key(1), [3, H, W])
        const outline = outlineOf(layer, [3, H, W])
        expect(outline.outShape).toEqual(outShape)
        expect(layer.forward(ones([2, 3, H, W]), params, key(0))[0].shape).toEqual([2, ...outShape])
        expect(outline.params).toEqual({ W: params.W?.shape, b: params.b?.shape })
      }),
    )
  })
})

eachBackend((name) => {
  test(`a step of the arena computes the same bits as ordinary arrays, ${name}`, () => {
    const net = network([convBnRelu(5, { pad: 'same' }) as Net, avgPool(2), groupnorm(5) as Net, affine(3) as Net])
    const { params } = net.init(key(0), [3, 7, 9])
    const x = random(1, [4, 3, 7, 9], 'float32')
    const run = () => {
      const [y, cache] = net.forward(x, params, key(0))
      return bitsOf({ y, ...net.gradients?.(y, cache) })
    }
    const alone = run()
    for (let step = 0; step < 3; step++) expect(scoped(run)).toEqual(alone)
  })
})

describe('gradients of nets of images', () => {
  const nets: readonly (readonly [string, Net, Shape])[] = [
    [
      '17 channels, 6×6',
      network([conv(17, { pad: 'same' }) as Net, batchnorm() as Net, relu, conv(4) as Net, affine(3) as Net]),
      [3, 6, 6],
    ],
    [
      '33 channels, 7×9',
      network([conv(33, { pad: 1 }) as Net, maxPool(2), conv(3, { filterSize: 1 }) as Net]),
      [2, 7, 9],
    ],
    [
      '31×31',
      network([
        conv(3, { filterSize: 5, stride: 2, pad: 2 }) as Net,
        groupnorm(3) as Net,
        avgPool(2),
        affine(2) as Net,
      ]),
      [2, 31, 31],
    ],
    [
      'a residual whose shortcut takes every second pixel',
      network([
        residual(
          [convBnRelu(4, { stride: 2, pad: 1 }) as Net, conv(4, { pad: 'same', bias: false }) as Net],
          conv(4, { filterSize: 1, stride: 2 }) as Net,
        ),
        globalAvgPool,
        affine(2) as Net,
      ]),
      [3, 6, 5],
    ],
    [
      'without scale or shift',
      network([conv(3) as Net, batchnorm({ scale: false, shift: false }) as Net, flatten]),
      [2, 4, 5],
    ],
    ['without scale, of rows', network([affine(3) as Net, batchnorm({ scale: false }) as Net]), [4]],
  ]

  test.each(nets)('%s', (_name, net, inShape) => {
    const report = gradientCheckLayer(net, inShape, 3, { maxElements: 200 })
    expect(report.error, report.text).toBeLessThan(1e-6)
  })
})

describe('a mistake is one line that teaches', () => {
  const [x, w, b] = [ones([2, 3, 8, 8]), ones([4, 3, 3, 3]), zeros([4])]
  const init = (layer: Net, shape: Shape) => () => layer.init(key(0), shape)

  const mistakes: readonly (readonly [() => unknown, string])[] = [
    [
      () => convForward(ones([2, 4, 8, 8]), w, b),
      'convForward: C = 4 because x has shape (2, 4, 8, 8), but C = 3 because w has shape (4, 3, 3, 3)',
    ],
    [
      () => convForward(x, w, zeros([3])),
      'convForward: F = 4 because w has shape (4, 3, 3, 3), but F = 3 because b has shape (3,)',
    ],
    [
      () => convForward(ones([2, 3, 2, 8]), w, b),
      'convForward: a window of 3×3 does not fit into planes of 2×8; use a smaller window or a larger pad',
    ],
    [
      () => convForward(ones([2, 3, 1, 8]), ones([4, 3, 5, 3]), b, { pad: [1, 0] }),
      'convForward: a window of 5×3 does not fit into planes of 1×8 with a rim of 1×0; use a smaller window or a larger pad',
    ],
    [
      () => convForward(x, w, b, { stride: 0 }),
      'convForward: stride must be an integer from 1 to 16777216 or a pair [height, width] of them, but got 0',
    ],
    [
      () => convForward(x, w, b, { pad: [1, -1] }),
      'convForward: pad must be an integer from 0 to 16777216 or a pair [height, width] of them, but got [1, -1]',
    ],
    [
      () => convForward(x, w, b, { dilation: 2 } as never),
      'convForward: dilation is not supported: the elements of a window are neighbours; leave it out',
    ],
    [
      () => conv(4, { groups: 2 } as never),
      'conv: groups is not supported: each filter sees all channels; leave it out',
    ],
    [
      () => convForward(x, w, b, { strides: 2 } as never),
      "convForward: unknown option 'strides'; did you mean 'stride'?",
    ],
    [
      () => convForward(ones([2, 3072]), w, b),
      'convForward: x must be images of shape (N, C, H, W), but has (2, 3072); reshape(x, [2, C, H, W]) gives rows their axes, e.g. [2, 3, 32, 32]',
    ],
    [
      () => convForward(ones([3, 8, 8]), w, b),
      'convForward: x must be images of shape (N, C, H, W), but has (3, 8, 8); one image is reshape(x, [1, C, H, W])',
    ],
    [
      () => convForward(ones([2, 8, 8, 3]), w, b),
      'convForward: w has shape (4, 3, 3, 3), so it takes 3 channels, but x has shape (2, 8, 8, 3); it looks as if the channels came last, but the order is (N, C, H, W)',
    ],
    [
      () => convBackward(ones([2, 4, 8, 8]), convForward(x, w, b)[1]),
      'convBackward: dout has planes of 8×8, but forward made 6×6',
    ],
    [
      () => maxPoolForward(ones([1, 1, 2, 2]), { poolHeight: 3, poolWidth: 1 }),
      'maxPoolForward: a window of 3×1 does not fit into planes of 2×2; use a smaller window',
    ],
    [
      () => maxPoolForward(x, { poolHeight: 2 } as never),
      'maxPoolForward: poolHeight and poolWidth must be an integer from 1 to 16777216 or a pair [height, width] of them, but got [2, undefined]',
    ],
    [
      () => maxPoolBackward(ones([2, 3, 8, 8]), maxPoolForward(x, { poolHeight: 2, poolWidth: 2 })[1]),
      'maxPoolBackward: dout must have the shape that forward made, (2, 3, 4, 4), but has (2, 3, 8, 8)',
    ],
    [
      () => spatialGroupnormForward(x, ones([3]), zeros([3]), 2),
      'spatialGroupnormForward: groups must divide the number of channels, but 3 channels do not make 2 groups; take a divisor, e.g. 1',
    ],
    [
      () => spatialBatchnormForward(ones([1, 3, 1, 1]), ones([3]), zeros([3])),
      'spatialBatchnormForward: the statistics of a channel need at least 2 elements, but x has shape (1, 3, 1, 1); use a larger batch, or groupnorm',
    ],
    [
      () => col2im(ones([2, 3]), [1, 1, 2, 2], 1, 2),
      'col2im: columns must have shape (2, 2) for images of (1, 1, 2, 2), but has (2, 3)',
    ],
    [() => conv(0), 'conv: numFilters must be an integer ≥ 1, but got 0'],
    [
      () => conv(4, { pad: 'same', stride: 2 }),
      "conv: pad 'same' keeps planes as they are, which needs stride 1, but it is 2; give pad as a number, e.g. 1",
    ],
    [
      () => conv(4, { pad: 'same', filterSize: 4 }),
      "conv: pad 'same' has as many zeros on either side, which needs odd sizes, but filterSize is 4; use an odd one, or give pad as a number",
    ],
    [
      () => conv(4, { pad: 'sane' as never }),
      "conv: pad must be an integer from 0 to 16777216 or a pair [height, width] of them or one of 'same', but got 'sane'; did you mean 'same'?",
    ],
    [
      init(conv(4) as Net, [3072]),
      'conv: takes examples of shape (C, H, W), but they have shape (3072,); a net of images begins with their shape, e.g. inShape: [3, 32, 32], and an affine or flatten comes behind it',
    ],
    [
      init(conv(4, { filterSize: 5 }) as Net, [32, 32, 3]),
      'conv: a window of 5×5 does not fit into planes of 32×3; use a smaller window or a larger pad; it looks as if the channels came last, but their order is (C, H, W)',
    ],
    [
      init(groupnorm(4) as Net, [6, 3, 3]),
      'groupnorm: groups must divide the number of channels, but 6 channels do not make 4 groups; take a divisor, e.g. 2',
    ],
    [
      init(groupnorm(4) as Net, [2 ** 50 + 1, 3, 3]),
      'groupnorm: groups must divide the number of channels, but 1125899906842625 channels do not make 4 groups; take a divisor, e.g. 1',
    ],
    [
      init(batchnorm() as Net, [2, 3]),
      'batchnorm: takes examples of shape (D,) or (C, H, W), but they have shape (2, 3); put it behind a layer that flattens them, e.g. affine',
    ],
    [() => batchnorm({ scale: 1 as never }), 'batchnorm: scale must be true or false, but got 1'],
    [
      init(network([convRelu(4) as Net, maxPool(2), maxPool(2)]), [3, 5, 5]),
      'maxPool2 of the network: maxPool: a window of 2×2 does not fit into planes of 1×1; use a smaller window',
    ],
  ]

  test.each(mistakes.map(([run, message]) => ({ run, message })))('$message', ({ run, message }) => {
    expect(run).toThrow(message)
    try {
      run()
    } catch (reason) {
      expect((reason as Error).message).toBe(message)
    }
  })
})
