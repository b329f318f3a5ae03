/**
 * One growing, shared wasm memory that holds what lives long (weights, slots, data sets) and the step arena. Pages are claimed by an
 * atomic counter in the memory itself, so threads that were handed the same memory never overlap; blocks inside claimed pages belong to
 * the thread that claimed them, and after its end to the one that takes its place (ledger.ts). Page 0 holds the counter and, from byte
 * 64, constants of the wasm kernels, the same bytes whoever writes them; nothing else.
 */

import { adopted, claimsIn, type Ledger, noteClaim, type SharedHeap, type SharedMemory } from './ledger.ts'

const PAGE = 65536
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

// Reserving 4 GB of addresses can be refused where virtual memory is limited; then a smaller heap does.
const reserve = (): { readonly memory: SharedMemory; readonly maximum: number } => {
  for (const maximum of [65536, 16384, 4096]) {
    try {
      return { memory: new WebAssembly.Memory({ initial: 2, maximum, shared: true }), maximum }
    } catch {}
  }
  return { memory: new WebAssembly.Memory({ initial: 2, maximum: 1024, shared: true }), maximum: 1024 }
}

const shared = adopted()
const { memory: ours, maximum } = shared ?? reserve()
export const memory: SharedMemory = ours
const claimedPages = new Int32Array(memory.buffer, 0, 1)
let current = memory.buffer
const buffers = new WeakSet<ArrayBufferLike>([current])

let lastSeen: ArrayBufferLike = current

/** Whether wasm and BLAS can work on the array where it lies. */
export const isOnHeap = (view: ArrayBufferView): boolean => {
  // Arrays from before the heap grew have the buffer of that time.
  const { buffer } = view
  if (buffer === current || buffer === lastSeen) return true
  if (!buffers.has(buffer)) return false
  lastSeen = buffer
  return true
}

type Block = { offset: number; size: number }

/** This heap for a worker thread; a ledger belongs to one living thread. */
export const heapWith = (ledger: Ledger): SharedHeap => ({ memory, maximum, ledger })

const growTo = (pages: number): void => {
  // Growing by nothing tells the size, also what other threads have made it.
  const missing = pages - memory.grow(0)
  if (missing > 0) memory.grow(missing)
}

const claim = (bytes: number): Block => {
  const pages = Math.max(GROWTH, Math.ceil(bytes / PAGE))
  let claimed = Atomics.load(claimedPages, 0)
  for (;;) {
    try {
      growTo(1 + claimed + pages)
    } catch {
      throw new RangeError(
        `the heap holds at most ${maximum / 16} MB and cannot give ${Math.ceil(bytes / 2 ** 20)} MB more: use a smaller data set, batch or net`,
      )
    }
    // Claimed only when they are there, so a thread that fails has nothing to give back.
    const found = Atomics.compareExchange(claimedPages, 0, claimed, claimed + pages)
    if (found === claimed) break
    claimed = found
  }
  current = memory.buffer
  buffers.add(current)
  if (shared !== undefined) noteClaim(shared.ledger, 1 + claimed, pages)
  return { offset: (1 + claimed) * PAGE, size: pages * PAGE }
}

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

// What a thread had claimed that is no more.
if (shared !== undefined) {
  for (const [first, pages] of claimsIn(shared.ledger)) give({ offset: first * PAGE, size: pages * PAGE })
}

export const allocateBytes = (bytes: number): number => {
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

export const viewAt = <K extends Kind>(kind: K, offset: number, length: number): ViewOf<K> =>
  new (constructors[kind] as Float32ArrayConstructor)(current, offset, length) as ViewOf<Kind> as ViewOf<K>

export const ordinary = <K extends Kind>(kind: K, length: number): ViewOf<K> =>
  new constructors[kind](length) as ViewOf<Kind> as ViewOf<K>

/** A long-lived array on the heap, not cleared. Give it back with `release`. */
export const allocate = <K extends Kind>(kind: K, length: number): ViewOf<K> =>
  viewAt(kind, allocateBytes(length * bytesPerElement[kind]), length)

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
