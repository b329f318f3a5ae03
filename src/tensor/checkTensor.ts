import { isRecord, ShapeError, shown } from '../errors/index.ts'
import type { Tensor, Tensors } from './tensor.ts'

/** Whether data are as many numbers as the shape says: kernels trust it. */
const fits = ({ shape, data }: Tensor): boolean => {
  let size = 1
  for (let i = 0; i < shape.length; i++) {
    const length = shape[i] as number
    if (!(Number.isInteger(length) && length >= 0)) return false
    size *= length
  }
  return (data instanceof Float32Array || data instanceof Float64Array) && data.length === size
}

const misfit = (where: string, name: string, { shape, data }: Tensor): ShapeError =>
  new ShapeError(
    `${where}: data must be a Float32Array or Float64Array with an element for each place of the shape, but ${name} has shape ` +
      `(${shape.map(shown).join(', ')}${shape.length === 1 ? ',' : ''}) and ${ArrayBuffer.isView(data) ? `${data.constructor.name} of ${data.length}` : `data ${shown(data)}`}; ` +
      'tensor(shape, values) makes one that fits',
  )

/** Throws a ShapeError for what is no tensor whose data fit its shape. `what` it is to be, for the message. */
export const checkTensor = (where: string, name: string, t: Tensor, what = 'a tensor'): void => {
  if (typeof t !== 'object' || t === null || !Array.isArray(t.shape)) {
    throw new ShapeError(`${where}: ${name} must be ${what}, but got ${shown(t)}`)
  }
  if (!fits(t)) throw misfit(where, name, t)
}

/** Throws a ShapeError for what is no record. */
export const checkNamed = (where: string, name: string, tensors: Tensors): void => {
  if (!isRecord(tensors)) {
    throw new ShapeError(
      `${where}: ${name} must be tensors by name, e.g. { W1: zeros([2, 3]) }, but got ${shown(tensors)}`,
    )
  }
}

/** `checkTensor` for each tensor of a record. */
export const checkTensors = (where: string, name: string, tensors: Tensors): void => {
  checkNamed(where, name, tensors)
  for (const each in tensors) checkTensor(where, `${name}.${each}`, tensors[each] as Tensor)
}
