import type { Tensor } from './tensor.ts'

/** Whether a value is a tensor, e.g. a rule's slot among its settings. */
export const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' &&
  value !== null &&
  'shape' in value &&
  'data' in value &&
  (value.data instanceof Float32Array || value.data instanceof Float64Array)
