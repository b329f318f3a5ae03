import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { platform } from './environment.ts'
import type { Memory } from './ledger.ts'
import { messageOf } from './messageOf.ts'

/** The memory that the system gives for a heap. */
export interface Reserved {
  readonly memory: Memory
  /** Most pages. */
  readonly maximum: number
  /** Whether threads can have it too, and whether it grows. Memory that is not shared has its size from the beginning. */
  readonly isShared: boolean
  /** Why it is not shared. */
  readonly note?: string
}

export const PAGE = 65536

// Reserving 4 GB of addresses can be refused where virtual memory is limited; then less does.
const SHARED_PAGES = [65536, 16384, 4096, 1024]
const PLAIN_PAGES = [16384, 4096, 1024]

const megabytes = (pages: number): number => (pages * PAGE) / 2 ** 20

/** The first of these sizes that is not refused, or why even the last one is. */
const firstOf = (sizes: readonly number[], reserve: (pages: number) => Memory): E.Either<string, [Memory, number]> => {
  let refusal = ''
  for (const pages of sizes) {
    try {
      return E.right([reserve(pages), pages])
    } catch (reason) {
      refusal = messageOf(reason)
    }
  }
  return E.left(refusal)
}

const sharedMemory = (): E.Either<string, Reserved> => {
  // Threads claim pages by an atomic counter.
  if (typeof Atomics === 'undefined') return E.left('this engine has no Atomics')
  return pipe(
    firstOf(SHARED_PAGES, (maximum) => new WebAssembly.Memory({ initial: 2, maximum, shared: true })),
    E.filterOrElse(
      ([memory]) => !(memory.buffer instanceof ArrayBuffer),
      () => 'this engine ignores the flag `shared`',
    ),
    E.map(([memory, maximum]) => ({ memory, maximum, isShared: true })),
  )
}

/** Of a fixed size: when it grows, the arrays on it are lost. */
const plainMemory = (note: string): E.Either<string, Reserved> =>
  pipe(
    firstOf(PLAIN_PAGES, (pages) => new WebAssembly.Memory({ initial: pages, maximum: pages })),
    E.map(([memory, maximum]) => ({
      memory,
      maximum,
      isShared: false,
      note: `no shared memory (${note}), so one thread and a heap of ${megabytes(maximum)} MB`,
    })),
  )

// The trap handler wants 10 GB of addresses whatever a memory's size is.
const withRemedy = (refusal: string): string =>
  platform() === undefined
    ? refusal
    : `${refusal}; where virtual memory is limited, node --disable-wasm-trap-handler needs less of it`

/** Shared memory, or else memory for this thread alone, or why there is none at all. */
export const reserveMemory = (): E.Either<string, Reserved> =>
  typeof WebAssembly === 'undefined'
    ? E.left('this engine has no WebAssembly')
    : pipe(sharedMemory(), E.orElse(plainMemory), E.mapLeft(withRemedy))
