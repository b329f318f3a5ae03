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
 * Temporaries of a training step. Inside `scoped`, `temporary` hands out pieces of the heap, and all of them are taken back when
 * the scope ends; outside, it makes ordinary arrays. A step asks for the same sizes in the same order each time, so each piece comes from
 * the place of the last time, and the views are found again: a steady loop allocates nothing, not even a view.
 *
 * The pieces come from chunks of the heap that stay. A chunk is taken when none has room, as large as what is asked for or as all before
 * it; what is free is looked through in the order in which the chunks were taken, so that the next step finds the same places. Chunks that
 * a step has not touched when it needs another one go back to the heap first, so there are never more than some step needed.
 */

const FIRST_CHUNK = 1 << 20
const LARGEST_CHUNK = 1 << 26
const ALIGN = 64

type Slot = { kind: Kind; offset: number; length: number; view: ArrayBufferView }
type Place = { at: number; size: number }

let depth = 0
let cursor = 0
const slots: Slot[] = []
const chunks: Place[] = []
// What is free of the chunks, in their order; what was given back comes first.
let free: Place[] = []

const isUntouched = ({ at, size }: Place): boolean => free.some((place) => place.at === at && place.size === size)

const grow = (bytes: number): void => {
  const total = chunks.reduce((sum, { size }) => sum + size, 0)
  for (const chunk of chunks.filter(isUntouched)) {
    freeBytes(chunk.at)
    chunks.splice(chunks.indexOf(chunk), 1)
    free.splice(
      free.findIndex(({ at }) => at === chunk.at),
      1,
    )
  }
  const size = Math.max(FIRST_CHUNK, Math.min(LARGEST_CHUNK, total), bytes)
  const at = allocateBytes(size)
  chunks.push({ at, size })
  free.push({ at, size })
}

/** The first place with room. */
const take = (bytes: number): number => {
  for (let i = 0; i < free.length; i++) {
    const place = free[i] as Place
    if (place.size < bytes) continue
    const { at } = place
    place.at += bytes
    place.size -= bytes
    if (place.size === 0) free.splice(i, 1)
    return at
  }
  grow(bytes)
  return take(bytes)
}

const bytesOf = (kind: Kind, length: number): number => Math.ceil((length * bytesPerElement[kind]) / ALIGN) * ALIGN

/** An array for a result that is not cleared: from the arena inside `scoped`, an ordinary one outside and where there is no heap. */
export const temporary = <K extends Kind>(kind: K, length: number): ViewOf<K> =>
  depth === 0 || !hasHeap() ? ordinary(kind, length) : sameView(kind, take(bytesOf(kind, length)), length)

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

/** A moment of a scope, for `giveBack`. */
export const moment = (): number => cursor

/**
 * Lets later temporaries of this scope have the place of one that nothing uses any more. Does nothing for other arrays: those from outside
 * the scope, and temporaries that are older than a moment.
 *
 * @param array  a temporary, as it was made
 * @param since  what is older stays as it is
 */
export const giveBack = (array: ArrayBufferView, since: number): void => {
  if (depth === 0) return
  for (let i = cursor - 1; i >= since; i--) {
    const slot = slots[i] as Slot
    if (slot.view !== array) continue
    putBack(slot.offset, bytesOf(slot.kind, slot.length))
    return
  }
}

/** A place joins its free neighbours. */
const putBack = (from: number, bytes: number): void => {
  let [at, size] = [from, bytes]
  let first = -1
  for (let i = free.length - 1; i >= 0; i--) {
    const place = free[i] as Place
    if (place.at !== at + size && place.at + place.size !== at) continue
    if (!inOneChunk(at, place.at)) continue
    at = Math.min(at, place.at)
    size += place.size
    if (first >= 0) free.splice(first, 1)
    first = i
  }
  if (first >= 0) free[first] = { at, size }
  else if (size > 0) free.unshift({ at, size })
}

const inOneChunk = (a: number, b: number): boolean =>
  chunks.some(({ at, size }) => a >= at && a < at + size && b >= at && b < at + size)

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
  const savedFree = depth === 0 ? [] : free.map((place) => ({ ...place }))
  const savedChunks = depth === 0 ? [] : [...chunks]
  depth++
  try {
    return body()
  } finally {
    depth--
    cursor = savedCursor
    // A nested scope leaves what was free before it, and what it has taken from the heap.
    const isNew = (chunk: Place): boolean => !savedChunks.includes(chunk)
    free = [
      ...savedFree.filter(({ at }) => chunks.some((c) => at >= c.at && at < c.at + c.size)),
      ...chunks.filter(isNew).map((chunk) => ({ ...chunk })),
    ]
  }
}
