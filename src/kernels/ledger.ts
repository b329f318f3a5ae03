import { builtin } from './environment.ts'

/**
 * How a worker thread comes to the heap of the thread that started it. What it claims there is noted in a ledger that outlives it, so a
 * thread that died, in whatever state, loses no pages: the next one with this ledger starts with them.
 */

/** What is used of a WebAssembly.Memory. */
export interface Memory {
  readonly buffer: ArrayBufferLike
  grow(pages: number): number
}

/** One that threads can share. */
export interface SharedMemory extends Memory {
  readonly buffer: SharedArrayBuffer
}

/** The number of claims, then the first page and the number of pages of each. It belongs to one living thread. */
export type Ledger = Int32Array & { readonly buffer: SharedArrayBuffer }

/** What a worker thread finds in its `workerData` under the name `cachegradHeap` when it is to share a heap. */
export interface SharedHeap {
  readonly memory: SharedMemory
  /** Most pages. */
  readonly maximum: number
  readonly ledger: Ledger
}

// A claim has at least 256 pages, and a heap at most 65,536.
const MOST_CLAIMS = 256

export const newLedger = (): Ledger => new Int32Array(new SharedArrayBuffer(4 * (1 + 2 * MOST_CLAIMS)))

export const noteClaim = (ledger: Ledger, first: number, pages: number): void => {
  const claims = ledger[0] as number
  ledger.set([first, pages], 1 + 2 * claims)
  ledger[0] = claims + 1
}

export const claimsIn = (ledger: Ledger): readonly (readonly [first: number, pages: number])[] =>
  Array.from({ length: ledger[0] as number }, (_, i) => [ledger[1 + 2 * i] as number, ledger[2 + 2 * i] as number])

/** The heap that this thread was given, if any. */
export const adopted = (): SharedHeap | undefined => {
  const given: unknown = builtin('node:worker_threads')?.workerData
  return (given as { readonly cachegradHeap?: SharedHeap } | null | undefined)?.cachegradHeap
}
