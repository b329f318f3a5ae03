import { orThrow } from '../../../src/errors/index.ts'
import { encodeSafetensors, loadNet } from '../../../src/formats/index.ts'
import { affine, batchnorm, conv, groupnorm, maxPool, network } from '../../../src/layers/index.ts'
import { classifier, fullyConnectedNet } from '../../../src/models/index.ts'
import { key } from '../../../src/random/index.ts'
import { ones } from '../../../src/tensor/index.ts'
import type { Draw } from '../draw.ts'
import { oddJson, oddlyChanged } from '../hostileJson.ts'
import { fromFile, type Hostile, plain, type Target } from '../target.ts'
import { changedHeader } from './safetensors.ts'

const model = orThrow(fullyConnectedNet({ inputDim: 2, hiddenDims: [2], numClasses: 2 }))
const { params, state } = model.init(key(0))
const tensors = { ...params, ...state, 'input.mean': ones([2]), 'input.scale': ones([2]) }
const former = {
  format: 'cachegrad net, version 1',
  options: JSON.stringify(model.options),
  inputShape: '[2]',
  classNames: '["a","b"]',
}
const metadata = {
  format: 'cachegrad net, version 2',
  model: JSON.stringify(model.spec),
  input: '{"type":"bytes","shape":[2]}',
  classNames: '["a","b"]',
}

const images = classifier(network([conv(2, { pad: 'same' }), groupnorm(2), maxPool(2), batchnorm(), affine(2)]), {
  inShape: [1, 2, 3],
})
const imageWeights = images.init(key(0))
const imageTensors = {
  ...imageWeights.params,
  ...imageWeights.state,
  'input.mean': ones([6]),
  'input.scale': ones([6]),
}
const imageMetadata = {
  format: 'cachegrad net, version 2',
  model: JSON.stringify(images.spec),
  input: '{"type":"bytes","shape":[1,2,3]}',
  classNames: '["a","b"]',
}

const seeds = [
  encodeSafetensors(tensors, metadata),
  encodeSafetensors(tensors, former),
  encodeSafetensors(imageTensors, imageMetadata),
]

/** What the net is described by is JSON in JSON. */
const description: Hostile = (draw) => {
  const [held, texts] = draw.oneOf<readonly [typeof tensors, Readonly<Record<string, string>>]>([
    [tensors, metadata],
    [tensors, former],
    [imageTensors, imageMetadata],
  ])
  const name = draw.oneOf(Object.keys(texts))
  const text = draw.oneOf([() => oddlyChanged(draw, texts[name] as string), () => oddJson(draw)])()
  return encodeSafetensors(held, { ...texts, [name]: text })
}

/** Nets of many or of huge layers, of which the file holds next to nothing. */
const huge: Hostile = (draw) => {
  const hiddenDims = new Array(2 ** draw.below(15)).fill(2 ** draw.below(draw.oneOf([2, 31])))
  const options = { ...model.options, hiddenDims, normalization: draw.oneOf(['none', 'batchnorm', 'layernorm']) }
  const layers = hiddenDims.map((numOut) => ({ type: 'affine', numOut, weightScale: 'he' }))
  const spec = { ...(model.spec as object), net: { type: 'network', layers } }
  return draw.oneOf([
    () => encodeSafetensors(tensors, { ...former, options: JSON.stringify(options) }),
    () => encodeSafetensors(tensors, { ...metadata, model: JSON.stringify(spec) }),
    () => encodeSafetensors(imageTensors, { ...imageMetadata, model: JSON.stringify(hugeImages(draw)) }),
  ])()
}

/** Images, filters, steps and rims of any size. */
const hugeImages = (draw: Draw): object => {
  const size = (): number => 2 ** draw.below(draw.oneOf([3, 50])) + draw.below(3)
  const filters = {
    ...{ type: 'conv', numFilters: size(), filterSize: size(), stride: size(), pad: size() },
    ...{ weightScale: 'he', bias: true },
  }
  const pool = { type: draw.oneOf(['maxPool', 'avgPool']), size: [size(), size()], stride: size() }
  const layers = [filters, { type: 'groupnorm', groups: size(), eps: 1e-5 }, pool, { type: 'flatten' }]
  return { ...(images.spec as object), inShape: [size(), size(), size()], net: { type: 'network', layers } }
}

export const netTarget: Target = {
  name: 'net',
  seeds,
  read: fromFile((path) => loadNet(path)),
  hostile: { header: changedHeader(seeds), description, huge },
  justified: plain,
}
