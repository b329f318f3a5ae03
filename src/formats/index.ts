export { FormatError } from './errors.ts'
export { decodeSafetensors, encodeSafetensors, type Safetensors } from './safetensors.ts'
