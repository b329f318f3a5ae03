import fc from 'fast-check'
import {
  affine,
  affineBnRelu,
  affineRelu,
  avgPool,
  batchnorm,
  conv,
  convBnRelu,
  convRelu,
  dropout,
  flatten,
  gelu,
  globalAvgPool,
  groupnorm,
  identity,
  layernorm,
  leakyRelu,
  maxPool,
  type Net,
  network,
  relu,
  residual,
  scale,
  shared,
  sigmoid,
  tanh,
} from '../../src/layers/index.ts'
import type { Shape } from '../../src/tensor/index.ts'

// Any mix of the library's layers, nested, residual and shared. All keep the shape, so that they go together in any order.

const WIDTH = 4
const IMAGE = [4, 3, 5] as const

/** A net of rows or of images, and the shape of an example, which it keeps but for what ends it. */
export interface RandomNet {
  readonly net: Net
  readonly inShape: Shape
}

const keepsAny: readonly (() => Net)[] = [
  () => batchnorm() as Net,
  () => batchnorm({ momentum: 0.5, eps: 1e-3 }) as Net,
  () => batchnorm({ scale: false }) as Net,
  () => batchnorm({ scale: false, shift: false }) as Net,
  () => dropout(0.7),
  () => relu,
  () => leakyRelu(0.2),
  () => sigmoid,
  () => tanh,
  () => gelu,
  () => identity,
  () => scale(1 / 9),
  () => shared('norm', batchnorm()) as Net,
]

const ofRows: readonly (() => Net)[] = [
  () => affine(WIDTH) as Net,
  () => affine(WIDTH, 0.3) as Net,
  () => affineRelu(WIDTH, 'xavier') as Net,
  () => affineBnRelu(WIDTH) as Net,
  () => layernorm({ eps: 1e-4 }) as Net,
  () => flatten,
  () => shared('tied', affine(WIDTH)) as Net,
]

const ofImages: readonly (() => Net)[] = [
  () => conv(4, { pad: 'same' }) as Net,
  () => conv(4, { pad: 'same', weightScale: 'dirac' }) as Net,
  () => conv(4, { filterSize: [3, 1], pad: [1, 0], bias: false, weightScale: 0.3 }) as Net,
  () => conv(4, { filterSize: 1, weightScale: 'xavier' }) as Net,
  () => convRelu(4, { filterSize: 5, pad: 2 }) as Net,
  () => convBnRelu(4, { pad: 'same' }) as Net,
  () => network([conv(4, { pad: 2 }), maxPool(3, { stride: 1 })]),
  () => network([conv(4, { filterSize: [2, 3], pad: [1, 1] }), avgPool([2, 1], { stride: 1 })]),
  () => groupnorm(2) as Net,
  () => groupnorm(4, { eps: 1e-4 }) as Net,
  () => shared('tied', conv(4, { pad: 'same' })) as Net,
]

/** Nets of up to 5 layers, up to 2 of them inside each other. */
const netOf = (leaves: readonly (() => Net)[], shortcut: () => Net): fc.Arbitrary<Net> => {
  const leaf = fc.constantFrom(...leaves).map((make) => make())
  const layersOf = (depth: number): fc.Arbitrary<readonly Net[]> => fc.array(layerOf(depth), { maxLength: 4 })
  const layerOf = (depth: number): fc.Arbitrary<Net> =>
    depth === 0
      ? leaf
      : fc.oneof(
          { weight: 4, arbitrary: leaf },
          { weight: 1, arbitrary: layersOf(depth - 1).map(network) },
          {
            weight: 1,
            arbitrary: fc
              .tuple(layersOf(depth - 1), fc.boolean())
              .map(([layers, isPlain]) => (isPlain ? residual(layers) : residual(layers, shortcut()))),
          },
        )
  return fc.array(layerOf(2), { maxLength: 5 }).map(network)
}

const rows = netOf([...keepsAny, ...ofRows], () => affine(WIDTH) as Net)
const images = netOf([...keepsAny, ...ofImages], () => conv(4, { filterSize: 1 }) as Net)
const end = fc.constantFrom<Net>(maxPool(2), avgPool(2), globalAvgPool, flatten, identity)

export const randomNet: fc.Arbitrary<RandomNet> = fc.oneof(
  rows.map((net) => ({ net, inShape: [WIDTH] })),
  fc.tuple(images, end).map(([net, last]) => ({ net: network([net, last]), inShape: IMAGE })),
)
