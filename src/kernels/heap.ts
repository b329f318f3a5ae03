import * as E from 'fp-ts/lib/Either.js'
import { adopted, claimsIn, type Ledger, type Memory, noteClaim, type SharedHeap, type SharedMemory } from './ledger.ts'
import { PAGE, type Reserved, reserveMemory } from './memory.ts'

/**
 * One growing, shared wasm memory that holds what lives long (weights, slots, data sets) and the step arena. Pages are claimed by an
 * atomic counter in the memory itself, so threads that were handed the same memory never overlap; blocks inside claimed pages belong to
 * the thread that claimed them, and after its end to the one that takes its place (ledger.ts). Page 0 holds the counter and, from byte
 * 64, constants of the wasm kernels, the same bytes whoever writes them; nothing else.
 *
 * It is opened when it is first needed. Where memory cannot be shared it has a fixed size and one thread; where there is none at all,
 * arrays are ordinary ones.
 */

const ALIGN = 64
const GROWTH = 256 // pages: 16 MB at a time

export type Kind = 'float32' | 'float64' | 'int32' | 'uint8'
export type ViewOf<K extends Kind> = K extends 'float32'
  ? Float32Array
  : K extends 'float64'
    ? Float64Array
    : K extends 'int32'
      ? Int32Array
      : Uint8Array

export const bytesPerElement = { float32: 4, float64: 8, int32: 4, uint8: 1 } as const

const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
} as const

type Heap = Reserved & { readonly ledger?: Ledger }

let heap: E.Either<string, Heap> | undefined
let current: ArrayBufferLike | undefined
let lastSeen: ArrayBufferLike | undefined
const buffers = new WeakSet<ArrayBufferLike>()

const see = (buffer: ArrayBufferLike): void => {
  current = buffer
  buffers.add(buffer)
}

/** Whether wasm and BLAS can work on the array where it lies. */
export const isOnHeap = (view: ArrayBufferView): boolean => {
  // Arrays from before the heap grew have the buffer of that time.
  const { buffer } = view
  if (buffer === current || buffer === lastSeen) return true
  if (!buffers.has(buffer)) return false
  lastSeen = buffer
  return true
}

/** Whether two arrays have a byte in common. */
export const overlap = (a: ArrayBufferView, b: ArrayBufferView): boolean =>
  (a.buffer === b.buffer || (isOnHeap(a) && isOnHeap(b))) &&
  a.byteOffset < b.byteOffset + b.byteLength &&
  b.byteOffset < a.byteOffset + a.byteLength

type Block = { offset: number; size: number }

// Free blocks in the order of their offsets; neighbours are merged.
const free: Block[] = []
const sizes = new Map<number, number>()

const give = (block: Block): void => {
  let i = free.findIndex((b) => b.offset > block.offset)
  if (i < 0) i = free.length
  const before = free[i - 1]
  const after = free[i]
  const joinsAfter = after !== undefined && block.offset + block.size === after.offset
  const merged = { offset: block.offset, size: block.size + (joinsAfter ? after.size : 0) }
  if (before !== undefined && before.offset + before.size === block.offset) {
    before.size += merged.size
    if (joinsAfter) free.splice(i, 1)
  } else free.splice(i, joinsAfter ? 1 : 0, merged)
}

/** What can be given out from the beginning: all of what cannot grow, and what a thread had claimed that is no more. */
const claimedAtFirst = ({ isShared, maximum, ledger }: Heap): readonly (readonly [first: number, pages: number])[] =>
  isShared ? (ledger === undefined ? [] : claimsIn(ledger)) : [[1, maximum - 1]]

const open = (): E.Either<string, Heap> => {
  const shared = adopted()
  const opened: E.Either<string, Heap> = shared === undefined ? reserveMemory() : E.right({ ...shared, isShared: true })
  if (E.isRight(opened)) {
    see(opened.right.memory.buffer)
    for (const [first, pages] of claimedAtFirst(opened.right)) give({ offset: first * PAGE, size: pages * PAGE })
  }
  return opened
}

/** The heap, which is opened by the first call, or why there is none. */
export const openHeap = (): E.Either<string, Heap> => {
  heap ??= open()
  return heap
}

/** Whether arrays can be on the heap. */
export const hasHeap = (): boolean => E.isRight(openHeap())

/** Whether worker threads can have it. */
export const isHeapShared = (): boolean => {
  const opened = openHeap()
  return E.isRight(opened) && opened.right.isShared
}

/** Why it is not shared, if it is not. */
export const heapNote = (): string | undefined => (heap !== undefined && E.isRight(heap) ? heap.right.note : undefined)

/** This heap for a worker thread, if it can be shared; a ledger belongs to one living thread. */
export const heapWith = (ledger: Ledger): SharedHeap | undefined => {
  const opened = openHeap()
  if (E.isLeft(opened) || !opened.right.isShared) return undefined
  const { memory, maximum } = opened.right
  return { memory: memory as SharedMemory, maximum, ledger }
}

const tooSmall = (maximum: number, bytes: number): RangeError =>
  new RangeError(
    `the heap holds at most ${maximum / 16} MB and cannot give ${Math.ceil(bytes / 2 ** 20)} MB more: use a smaller data set, batch or net`,
  )

const growTo = (memory: Memory, pages: number): void => {
  // Growing by nothing tells the size, also what other threads have made it.
  const missing = pages - memory.grow(0)
  if (missing > 0) memory.grow(missing)
}

const claim = (bytes: number): Block => {
  const opened = openHeap()
  if (E.isLeft(opened)) throw new Error(`there is no heap: ${opened.left}`)
  const { memory, maximum, isShared, ledger } = opened.right
  if (!isShared) throw tooSmall(maximum, bytes)
  const pages = Math.max(GROWTH, Math.ceil(bytes / PAGE))
  const counter = new Int32Array(memory.buffer, 0, 1)
  let claimed = Atomics.load(counter, 0)
  for (;;) {
    try {
      growTo(memory, 1 + claimed + pages)
    } catch {
      throw tooSmall(maximum, bytes)
    }
    // Claimed only when they are there, so a thread that fails has nothing to give back.
    const found = Atomics.compareExchange(counter, 0, claimed, claimed + pages)
    if (found === claimed) break
    claimed = found
  }
  see(memory.buffer)
  if (ledger !== undefined) noteClaim(ledger, 1 + claimed, pages)
  return { offset: (1 + claimed) * PAGE, size: pages * PAGE }
}

export const allocateBytes = (bytes: number): number => {
  // A size that is no number would be taken from the pages that all threads count.
  if (!(bytes >= 0 && bytes < Number.POSITIVE_INFINITY))
    throw new RangeError(`a tensor takes ${bytes} bytes, which cannot be had`)
  openHeap()
  const size = Math.max(ALIGN, Math.ceil(bytes / ALIGN) * ALIGN)
  let i = free.findIndex((b) => b.size >= size)
  if (i < 0) {
    give(claim(size))
    i = free.findIndex((b) => b.size >= size)
  }
  const block = free[i] as Block
  const offset = block.offset
  if (block.size === size) free.splice(i, 1)
  else {
    block.offset += size
    block.size -= size
  }
  sizes.set(offset, size)
  return offset
}

export const freeBytes = (offset: number): void => {
  const size = sizes.get(offset)
  if (size === undefined) return
  sizes.delete(offset)
  give({ offset, size })
}

/** An array at a place of the heap, e.g. one that another thread has allocated. */
export const viewAt = <K extends Kind>(kind: K, offset: number, length: number): ViewOf<K> => {
  if (current === undefined) openHeap()
  return new (constructors[kind] as Float32ArrayConstructor)(
    current as ArrayBufferLike,
    offset,
    length,
  ) as ViewOf<Kind> as ViewOf<K>
}

export const ordinary = <K extends Kind>(kind: K, length: number): ViewOf<K> =>
  new constructors[kind](length) as ViewOf<Kind> as ViewOf<K>

/** A long-lived array on the heap, not cleared, or an ordinary one where there is no heap. Give it back with `release`. */
export const allocate = <K extends Kind>(kind: K, length: number): ViewOf<K> =>
  hasHeap() ? viewAt(kind, allocateBytes(length * bytesPerElement[kind]), length) : ordinary(kind, length)

/** Returns an array from `allocate` to the heap; nothing may use it afterwards. */
export const release = (view: ArrayBufferView): void => {
  if (isOnHeap(view)) freeBytes(view.byteOffset)
}

/** Bytes of the heap that this thread has handed out; what a leak test watches. */
export const heapBytesInUse = (): number => {
  let total = 0
  for (const size of sizes.values()) total += size
  return total
}
