import fc from 'fast-check'
import {
  affine,
  affineBnRelu,
  affineRelu,
  batchnorm,
  dropout,
  gelu,
  identity,
  layernorm,
  leakyRelu,
  type Net,
  network,
  relu,
  residual,
  shared,
  sigmoid,
  tanh,
} from '../../src/layers/index.ts'

// Any mix of the library's layers, nested, residual and shared. All keep the width, so that they go together in any order.

export const WIDTH = 4

const leaf: fc.Arbitrary<Net> = fc
  .constantFrom<(() => Net)[]>(
    () => affine(WIDTH) as Net,
    () => affine(WIDTH, 0.3) as Net,
    () => affineRelu(WIDTH, 'xavier') as Net,
    () => affineBnRelu(WIDTH) as Net,
    () => batchnorm() as Net,
    () => batchnorm({ momentum: 0.5, eps: 1e-3 }) as Net,
    () => layernorm({ eps: 1e-4 }) as Net,
    () => dropout(0.7),
    () => relu,
    () => leakyRelu(0.2),
    () => sigmoid,
    () => tanh,
    () => gelu,
    () => identity,
    () => shared('tied', affine(WIDTH)) as Net,
    () => shared('norm', batchnorm()) as Net,
  )
  .map((make) => make())

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
            .map(([layers, isPlain]) => (isPlain ? residual(layers) : residual(layers, affine(WIDTH) as Net))),
        },
      )

/** Nets of up to 5 layers, up to 2 of them inside each other. */
export const randomNet: fc.Arbitrary<Net> = fc.array(layerOf(2), { maxLength: 5 }).map(network)
