import { allocateBytes, freeBytes } from './heap.ts'

/**
 * Working memory of one kind of kernel, for one call: it grows to the largest call and stays, so a steady loop allocates nothing. What
 * it holds is lost with the next call.
 */
export const openWorkspace = (): ((bytes: number) => number) => {
  let at = 0
  let size = 0
  return (bytes) => {
    if (bytes > size) {
      // First given back: the new block may take its place.
      if (size > 0) freeBytes(at)
      size = 0
      at = allocateBytes(bytes)
      size = bytes
    }
    return at
  }
}
