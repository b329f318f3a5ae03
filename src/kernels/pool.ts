import { builtin } from './environment.ts'
import { poolWorker } from './generated.ts'
import { allocate, viewAt } from './heap.ts'
import { newJudge } from './judge.ts'
import type { Memory } from './ledger.ts'

// Bound once: Jest's realm makes each look-up of a global slow.
const { min } = Math

/**
 * Threads that share the loops of large kernels. A call is cut into parts; the calling thread runs part 0 and then whatever nobody has
 * taken, so a part never waits for a thread that starts, that sleeps or that the system does not run. How a call is cut depends on sizes
 * and on the number of threads only, never on who is faster.
 *
 * A waiting thread looks at the ticket for some 100 µs, which is cheaper than to sleep between two kernels of a step, and then sleeps
 * until it is called. Node only: a browser's main thread may not wait.
 */
export interface Pool {
  readonly threads: number
  /**
   * Runs a kernel over `size` things, in parts of whole units and of at least `grain`; returns when all are done.
   *
   * @returns the least of what the parts return, if they return something
   */
  readonly share: (kernel: number, size: number, unit: number, grain: number, argumentsOf: ArgumentsOf) => number
  /**
   * Runs so many parts of a kernel, at most 64.
   *
   * @param id    tells calls of a kernel apart whose times by `work` differ
   * @param work  as many times more as the call takes longer
   */
  readonly shareParts: (kernel: number, id: number, parts: number, work: number, argumentsOf: PartOf) => void
}

/** At most 16 numbers: the call of part `part`, for `count` things from `from` on. They are copied before the next call. */
export type ArgumentsOf = (from: number, count: number, part: number) => ArrayLike<number>

/** At most 16 numbers: the call of part `part`. They are copied before the next call. */
export type PartOf = (part: number) => ArrayLike<number>

export type Call = (...numbers: (number | undefined)[]) => unknown

/** What the threads run: the exports of a module by name, and after them maybe the product of a BLAS, which sees the heap at `base`. */
export interface Program {
  readonly memory: Memory
  readonly module: WebAssembly.Module
  readonly names: readonly string[]
  readonly blas:
    | { readonly koffi: string; readonly file: string; readonly prototype: string; readonly base: number }
    | undefined
}

// The control block on the heap. TICKET is a counter of calls in the upper 24 bits and the number of parts that nobody
// has taken in the lower 8; a part is taken by counting down, which fails if the ticket is no longer the one that was
// read. So the numbers of a call cannot change while a part of it runs.
const layout = { TICKET: 0, DONE: 16, READY: 32, SLEEPING: 33, FAILED: 34, KERNEL: 35, WORDS: 48, WIDTH: 16, PARTS: 64 }
const { TICKET, DONE, READY, SLEEPING, FAILED, KERNEL, WORDS, WIDTH, PARTS } = layout

const LOOKS = 20_000
const NAP_MS = 0.1

/** Starts threads. Each says itself that it is there; one that never does is not missed. */
const start = (count: number, program: Program, control: number): void => {
  const node = builtin('node:worker_threads')
  if (node === undefined) return
  try {
    for (let i = 0; i < count; i++) {
      const workerData = { ...program, control, layout, thread: i + 1 }
      // No loaders and no options of this process: the text is plain CommonJS.
      const worker = new node.Worker(poolWorker, { eval: true, workerData, execArgv: [], env: {} })
      worker.unref()
      worker.on('error', () => {})
    }
  } catch {}
}

/** Where part `part` of `parts` begins, in whole units. */
const beginOf = (part: number, parts: number, size: number, unit: number): number =>
  Math.min(size, Math.ceil((size * part) / (parts * unit)) * unit)

/** A pool whose threads start when the first call is large enough for them. */
export const openPool = (threads: number, program: Program, calls: readonly Call[]): Pool => {
  const most = builtin('node:worker_threads') === undefined ? 1 : Math.min(threads, PARTS)
  const block = allocate('float64', WORDS / 2 + WIDTH * PARTS)
  block.fill(0)
  const words = viewAt('int32', block.byteOffset, WORDS)
  const numbers = viewAt('float64', block.byteOffset + 4 * WORDS, WIDTH * PARTS)
  const judge = newJudge()
  let isStarted = false

  const isThere = (): boolean => {
    if (!isStarted) start(most - 1, program, block.byteOffset)
    isStarted = true
    return Atomics.load(words, READY) > 0
  }

  // Whether threads could be started changes who runs the parts, not how many there are.
  const partsFor = (size: number, grain: number): number => Math.max(1, Math.min(most, Math.floor(size / grain) || 1))

  const record = (part: number, values: ArrayLike<number>): void => {
    for (let i = 0; i < values.length; i++) numbers[part * WIDTH + i] = values[i] as number
  }

  /** A kernel with its first `count` numbers, and maybe some more: those of a small kernel take longer to hand over than to work on. */
  const callWith = (call: Call, i: number, count: number): number => {
    const a: ArrayLike<number> = numbers
    if (count <= 6) return call(a[i], a[i + 1], a[i + 2], a[i + 3], a[i + 4], a[i + 5]) as number
    // biome-ignore format: ten numbers
    if (count <= 10) return call(a[i], a[i + 1], a[i + 2], a[i + 3], a[i + 4], a[i + 5], a[i + 6], a[i + 7], a[i + 8], a[i + 9]) as number
    // biome-ignore format: the sixteen numbers of a part
    return call(a[i], a[i + 1], a[i + 2], a[i + 3], a[i + 4], a[i + 5], a[i + 6], a[i + 7], a[i + 8], a[i + 9], a[i + 10], a[i + 11], a[i + 12], a[i + 13], a[i + 14], a[i + 15]) as number
  }

  // The result takes the place of the first number.
  const runPart = (call: Call, part: number): void => {
    numbers[part * WIDTH] = callWith(call, part * WIDTH, WIDTH)
  }

  const runAlone = (call: Call, parts: number): void => {
    for (let part = 0; part < parts; part++) runPart(call, part)
  }

  /** Returns when this thread was done with its first part. */
  const runShared = (call: Call, kernel: number, others: number): number => {
    words[KERNEL] = kernel
    Atomics.store(words, DONE, 0)
    Atomics.store(words, TICKET, (((words[TICKET] as number) & ~255) + 256) | others)
    if (Atomics.load(words, SLEEPING) > 0) Atomics.notify(words, TICKET)
    runPart(call, 0)
    const first = performance.now()
    let own = 0
    for (let ticket = Atomics.load(words, TICKET); (ticket & 255) > 0; ticket = Atomics.load(words, TICKET)) {
      if (Atomics.compareExchange(words, TICKET, ticket, ticket - 1) !== ticket) continue
      runPart(call, ticket & 255)
      own++
    }
    for (let looks = 0; Atomics.load(words, DONE) < others - own; looks++) {
      if (looks > LOOKS) Atomics.wait(words, DONE, Atomics.load(words, DONE), NAP_MS)
    }
    if (Atomics.load(words, FAILED) !== 0) {
      throw new Error('a thread of the kernels has failed; CACHEGRAD_THREADS=1 does without')
    }
    return first
  }

  const run = (kernel: number, id: number, parts: number, work: number): void => {
    const call = calls[kernel] as Call
    const begin = performance.now()
    if (!isThere() || !judge.isWorth(begin)) {
      runAlone(call, parts)
      judge.alone(id, work, performance.now() - begin)
    } else {
      const first = runShared(call, kernel, parts - 1)
      const end = performance.now()
      judge.shared(id, work, parts * (first - begin), begin, end)
    }
  }

  const share: Pool['share'] = (kernel, size, unit, grain, argumentsOf) => {
    const parts = partsFor(size, Math.max(unit, grain))
    if (parts === 1) {
      const values = argumentsOf(0, size, 0)
      record(0, values)
      return callWith(calls[kernel] as Call, 0, values.length)
    }
    for (let part = 0; part < parts; part++) {
      const from = beginOf(part, parts, size, unit)
      record(part, argumentsOf(from, beginOf(part + 1, parts, size, unit) - from, part))
    }
    run(kernel, kernel, parts, size / grain)
    let least = numbers[0] as number
    for (let part = 1; part < parts; part++) least = min(least, numbers[part * WIDTH] as number)
    return least
  }

  const shareParts: Pool['shareParts'] = (kernel, id, parts, work, argumentsOf) => {
    for (let part = 0; part < parts; part++) record(part, argumentsOf(part))
    const call = calls[kernel] as Call
    if (most === 1 || parts === 1) runAlone(call, parts)
    else run(kernel, calls.length + id, parts, work)
  }

  return { threads: most, share, shareParts }
}
