/** Numbers one after the other, in any of the arrays that hold them. */
export type Numbers =
  | readonly number[]
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array

const NUMBER_ARRAY = /^\[object (?:Float(?:16|32|64)|U?[Ii]nt(?:8|16|32)|Uint8Clamped)Array\]$/

/** Whether a value is a typed array of numbers, of whatever realm: no DataView, and no bigints. */
export const isNumberArray = (value: unknown): value is Exclude<Numbers, readonly number[]> =>
  ArrayBuffer.isView(value) && NUMBER_ARRAY.test(Object.prototype.toString.call(value))
