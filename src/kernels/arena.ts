import { ArgumentError, shown } from '../errors/index.ts'
import {
  allocateBytes,
  bytesPerElement,
  freeBytes,
  hasHeap,
  isOnHeap,
  type Kind,
  ordinary,
  type ViewOf,
  viewAt,
} from './heap.ts'

/**
 * Temporaries of a training step. Inside `scoped`, `temporary` hands out consecutive pieces of the heap, and all of them are taken
 * back when the scope ends; outside, it makes ordinary arrays. A step asks for the same sizes in the same order each time, so the views
 * of the last time are found again and a steady loop allocates nothing, not even a view.
 */

const FIRST_CHUNK = 1 << 20
const ALIGN = 64

type Slot = { kind: Kind; offset: number; length: number; view: ArrayBufferView }

let depth = 0
let cursor = 0
let offset = 0
let end = 0
let chunk = -1
const outgrown: number[] = []
const slots: Slot[] = []

const grow = (bytes: number): void => {
  const size = Math.max(FIRST_CHUNK, 2 * (end - Math.max(chunk, 0)), bytes)
  // The old chunk still holds this scope's temporaries.
  if (chunk >= 0) outgrown.push(chunk)
  chunk = allocateBytes(size)
  offset = chunk
  end = chunk + size
}

/** An array for a result that is not cleared: from the arena inside `scoped`, an ordinary one outside and where there is no heap. */
export const temporary = <K extends Kind>(kind: K, length: number): ViewOf<K> => {
  if (depth === 0 || !hasHeap()) return ordinary(kind, length)
  const bytes = Math.ceil((length * bytesPerElement[kind]) / ALIGN) * ALIGN
  if (offset + bytes > end) grow(bytes)
  const at = offset
  offset += bytes
  return sameView(kind, at, length)
}

/** A view of the heap: that of the last time, if the scope comes to the same place again. */
const sameView = <K extends Kind>(kind: K, at: number, length: number): ViewOf<K> => {
  const slot = slots[cursor]
  if (slot !== undefined && slot.offset === at && slot.length === length && slot.kind === kind) {
    cursor++
    return slot.view as ViewOf<K>
  }
  const view = viewAt(kind, at, length)
  slots[cursor++] = { kind, offset: at, length, view }
  return view
}

/** A piece of an array, as `subarray` gives it; inside `scoped` it is found again by the next step, as temporaries are. */
export const piece = <A extends Float32Array | Float64Array>(array: A, from: number, length: number): A => {
  if (depth === 0 || !isOnHeap(array)) return array.subarray(from, from + length) as A
  const kind = array instanceof Float32Array ? 'float32' : 'float64'
  return sameView(kind, array.byteOffset + from * array.BYTES_PER_ELEMENT, length) as A
}

/**
 * Runs `body` (synchronous code) with temporaries from the arena. What it returns must not hold tensors made inside, since the next
 * scope writes over them; `snapshot` copies.
 *
 * @param body  runs to its end before `scoped` returns, so no promise and no generator
 * @returns     what body returns
 * @example     scoped(() => ones([2]).data.length)   // 2
 */
export const scoped = <A>(body: () => A): A => {
  if (typeof body !== 'function') throw new ArgumentError(`scoped: body must be a function, but got ${shown(body)}`)
  const savedCursor = cursor
  const savedOffset = offset
  const savedChunk = chunk
  depth++
  try {
    return body()
  } finally {
    depth--
    cursor = savedCursor
    // After a growth inside a nested scope the outer one goes on in the new chunk.
    if (depth === 0) {
      for (const old of outgrown) freeBytes(old)
      outgrown.length = 0
      offset = Math.max(chunk, 0)
    } else if (chunk === savedChunk) offset = savedOffset
  }
}
