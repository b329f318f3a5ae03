import { encodeSafetensors, loadNet } from '../../../src/formats/index.ts'
import { fullyConnectedNet } from '../../../src/models/index.ts'
import { key, ones, orThrow } from '../../../src/tensor/index.ts'
import { oddJson, oddlyChanged } from '../hostileJson.ts'
import { fromFile, type Hostile, plain, type Target } from '../target.ts'
import { changedHeader } from './safetensors.ts'

const model = orThrow(fullyConnectedNet({ inputDim: 2, hiddenDims: [2], numClasses: 2 }))
const { params, state } = model.init(key(0))
const tensors = { ...params, ...state, 'input.mean': ones([2]), 'input.scale': ones([2]) }
const metadata = {
  format: 'cachegrad net, version 1',
  options: JSON.stringify(model.options),
  inputShape: '[2]',
  classNames: '["a","b"]',
}

const seeds = [encodeSafetensors(tensors, metadata)]

/** What the net is described by is JSON in JSON. */
const description: Hostile = (draw) => {
  const name = draw.oneOf(['options', 'inputShape', 'classNames', 'format'] as const)
  const text = draw.oneOf([() => oddlyChanged(draw, metadata[name]), () => oddJson(draw)])()
  return encodeSafetensors(tensors, { ...metadata, [name]: text })
}

/** Nets of many or of huge layers, of which the file holds next to nothing. */
const huge: Hostile = (draw) => {
  const hiddenDims = new Array(2 ** draw.below(15)).fill(2 ** draw.below(draw.oneOf([2, 31])))
  const options = { ...model.options, hiddenDims, normalization: draw.oneOf(['none', 'batchnorm', 'layernorm']) }
  return encodeSafetensors(tensors, { ...metadata, options: JSON.stringify(options) })
}

export const netTarget: Target = {
  name: 'net',
  seeds,
  read: fromFile(loadNet),
  hostile: { header: changedHeader(seeds), description, huge },
  justified: plain,
}
