import { allocateBytes, freeBytes, isOnHeap, viewAt } from './heap.ts'

/**
 * How a wasm kernel gets at its arrays: those on the heap where they lie, ordinary ones as copies that live for one
 * call. A call reads `done(kernel(input(a), output(y)))`. Nothing is allocated when all arrays are on the heap.
 */

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array

const staged: { readonly offset: number; readonly target: Numbers | undefined }[] = []

const bytesOf = (array: Numbers): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength)

const unstage = (copyOutputs: boolean): void => {
  for (const { offset, target } of staged) {
    if (copyOutputs && target !== undefined) bytesOf(target).set(viewAt('uint8', offset, target.byteLength))
    freeBytes(offset)
  }
  staged.length = 0
}

const stage = (array: Numbers, isOutput: boolean): number => {
  try {
    const offset = allocateBytes(array.byteLength)
    staged.push({ offset, target: isOutput ? array : undefined })
    if (!isOutput) viewAt('uint8', offset, array.byteLength).set(bytesOf(array))
    return offset
  } catch (reason) {
    unstage(false)
    throw reason
  }
}

/** The address of an array that a kernel reads. */
export const input = (array: Numbers): number => (isOnHeap(array) ? array.byteOffset : stage(array, false))

/** The address of an array that a kernel writes. */
export const output = (array: Numbers): number => (isOnHeap(array) ? array.byteOffset : stage(array, true))

/** Forgets what was staged for a kernel that failed. */
export const discard = (): void => unstage(false)

/** The result of a kernel that has run; copies what it wrote to ordinary arrays. */
export const done = (result: number): number => {
  if (staged.length > 0) unstage(true)
  return result
}

let scratchOffset = 0
let scratchSize = 0

/**
 * Working memory for the kernels of this thread, which run one at a time; it grows only before the first of a module
 * runs.
 */
export const scratch = (bytes: number): number => {
  if (bytes > scratchSize) {
    scratchOffset = allocateBytes(bytes)
    scratchSize = bytes
  }
  return scratchOffset
}
