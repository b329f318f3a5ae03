import type { Tensor } from './tensor.ts'

/** Whether a value is a tensor, e.g. a rule's slot among its settings. */
export const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'data' in value && 'shape' in value
