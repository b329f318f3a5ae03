/**
 * Trained nets as one file; safetensors, NumPy's .npy and .npz; ONNX.
 *
 * @module cachegrad/formats
 */

export { predict, type TrainedNet } from '../solver/index.ts'
export { type Input, inputOf } from '../tensor/index.ts'
export { FormatError } from './errors.ts'
export {
  loadNpy,
  loadNpyRows,
  loadNpz,
  loadNpzRows,
  loadSafetensors,
  saveNpy,
  saveNpz,
  saveSafetensors,
} from './files.ts'
export { decodeNet, encodeNet, type LoadNetOptions, loadNet, saveNet } from './netFile.ts'
export { decodeNpy, decodeNpyRows, encodeNpy } from './npy.ts'
export { decodeNpz, decodeNpzRows, encodeNpz, type NpzOptions } from './npz.ts'
export { encodeOnnx, type OnnxOptions, saveOnnx } from './onnx.ts'
export type { Attributes, GraphPart, Operator, Operators } from './onnxGraph.ts'
export { decodeSafetensors, encodeSafetensors, type Safetensors } from './safetensors.ts'
export { transpose } from './transpose.ts'
export { type MappedWeights, type WeightsFromOptions, weightsFrom } from './weights.ts'
