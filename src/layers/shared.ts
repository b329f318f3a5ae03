import { requirement } from '../errors/index.ts'
import { foldIn, type Key } from '../random/index.ts'
import type { Tensors } from '../tensor/index.ts'
import { placed } from './at.ts'
import { type Complete, checked, defineLayer, type LayerType } from './defineLayer.ts'
import type { Layer, Net } from './layer.ts'

/** The names, with a name. @inline */
type Shared<P extends Tensors, N extends string> = { readonly [K in keyof P & string as `${K}_${N}`]: P[K] }

const sharedOptions = {
  name: requirement<string>(
    "letters and digits that begin with a letter, e.g. 'encoder'",
    (value) => typeof value === 'string' && /^[a-z][a-z0-9]*$/i.test(value),
  ),
}
type SharedOptions = Complete<typeof sharedOptions>

export const sharedLayer: LayerType<SharedOptions> = defineLayer('shared', (options: SharedOptions, [layer]) => {
  const { name } = checked('shared', options, sharedOptions)
  const here = { place: name, nameOf: (own: string) => `${own}_${name}`, keyOf: (key: Key) => foldIn(key, name) }
  return placed(layer, here, (part) => sharedLayer(options, [part]))
})

/**
 * The same layer with a name in its names (W → W_name), so that it may stand in a net several times with one set of weights
 *
 * Its gradients add up, and its running statistics learn from each application, first to last. A dropout draws one mask for all.
 *
 * @param name   letters and digits that begin with a letter
 * @param layer  any layer; one with other options under the same name is refused by the net
 * @throws       ArgumentError for another name
 * @example      const tied = shared('mixer', affine(4))
 *               Object.keys(network([tied, relu, tied, affine(2)]).init(key(0), [4]).params)   // ['W_mixer', 'b_mixer', 'W1', 'b1']
 * @see          Press & Wolf, "Using the output embedding to improve language models", 2017
 */
export const shared = <const N extends string, P extends Tensors, S extends Tensors, C>(
  name: N,
  layer: Layer<P, S, C>,
): Layer<Shared<P, N>, Shared<S, N>, C> =>
  sharedLayer({ name }, [layer as Net]) as unknown as Layer<Shared<P, N>, Shared<S, N>, C>
