import { builtin } from './environment.ts'
import { poolWorker } from './generated.ts'
import { allocate, viewAt } from './heap.ts'
import type { Memory } from './ledger.ts'

/**
 * Threads that share the loops of large kernels. A call is cut into parts; the calling thread runs part 0 and then whatever nobody has
 * taken, so a part never waits for a thread that sleeps or that the system does not run. How a call is cut depends on sizes and on the
 * number of threads only, never on who is faster.
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
}

/** At most 16 numbers: the call of part `part`, for `count` things from `from` on. They are copied before the next call. */
export type ArgumentsOf = (from: number, count: number, part: number) => ArrayLike<number>

export type Call = (...numbers: (number | undefined)[]) => unknown

/** What the threads run: the exports of a module by name, and after them maybe the product of a BLAS. */
export interface Program {
  readonly memory: Memory
  readonly module: WebAssembly.Module
  readonly names: readonly string[]
  readonly blas: { readonly koffi: string; readonly file: string; readonly prototype: string } | undefined
}

// The control block on the heap. TICKET is a counter of calls in the upper 24 bits and the number of parts that nobody
// has taken in the lower 8; a part is taken by counting down, which fails if the ticket is no longer the one that was
// read. So the numbers of a call cannot change while a part of it runs.
const layout = { TICKET: 0, DONE: 16, READY: 32, SLEEPING: 33, FAILED: 34, KERNEL: 35, WORDS: 48, WIDTH: 16, PARTS: 64 }
const { TICKET, DONE, READY, SLEEPING, FAILED, KERNEL, WORDS, WIDTH, PARTS } = layout

const START_MS = 5000
const LOOKS = 20_000
const NAP_MS = 0.1

// Where another program has the other cores, a part that was handed over comes back late. So it is watched what sharing
// costs, as a share of the time that this thread would need alone; when that is not worth it, this thread runs all parts
// itself for a while. Parts stay the same, and so do results.
const WORTH = 0.9
const JUDGED_CALLS = 16
const ALONE_MS = 20

/** Starts the threads and waits until they are there; false when they cannot be had. */
const start = (count: number, program: Program, control: number, words: Int32Array): boolean => {
  const node = builtin('node:worker_threads')
  if (node === undefined) return false
  try {
    for (let i = 0; i < count; i++) {
      const workerData = { ...program, control, layout }
      // No loaders and no options of this process: the text is plain CommonJS.
      const worker = new node.Worker(poolWorker, { eval: true, workerData, execArgv: [], env: {} })
      worker.unref()
      worker.on('error', () => Atomics.store(words, FAILED, 1))
    }
    const deadline = Date.now() + START_MS
    for (let ready = 0; ready < count; ready = Atomics.load(words, READY)) {
      if (Date.now() > deadline) return false
      Atomics.wait(words, READY, ready, START_MS)
    }
    return Atomics.load(words, FAILED) === 0
  } catch {
    return false
  }
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
  let running: boolean | undefined
  let took = 0
  let alone = 0
  let judged = 0
  let aloneUntil = 0

  const isRunning = (): boolean => {
    running ??= start(most - 1, program, block.byteOffset, words)
    return running
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

  /** Runs a call's parts with the threads, and judges from time to time whether that is worth it. */
  const runTogether = (call: Call, kernel: number, parts: number, begin: number): void => {
    const first = runShared(call, kernel, parts - 1)
    const end = performance.now()
    took += end - begin
    alone += parts * (first - begin)
    if (++judged < JUDGED_CALLS) return
    if (took > WORTH * alone) aloneUntil = end + ALONE_MS
    took = alone = judged = 0
  }

  const run = (kernel: number, parts: number): void => {
    const call = calls[kernel] as Call
    const now = performance.now()
    if (now < aloneUntil || !isRunning()) runAlone(call, parts)
    else runTogether(call, kernel, parts, now)
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
    run(kernel, parts)
    let least = numbers[0] as number
    for (let part = 1; part < parts; part++) least = Math.min(least, numbers[part * WIDTH] as number)
    return least
  }

  return { threads: most, share }
}
