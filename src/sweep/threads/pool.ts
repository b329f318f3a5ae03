import { heapWith, type Ledger, newLedger } from '../../kernels/index.ts'
import type { JobResult } from '../engine/attempt.ts'
import type { WorkerPool } from '../engine/workerPool.ts'
import { identityOf } from '../identity.ts'
import type { Study } from '../sweep.ts'
import { workerModule } from './program.ts'
import { toWire } from './sharing.ts'
import { startThread, type Thread } from './thread.ts'

export interface ThreadsOptions {
  readonly study: Study
  /** URL of the module whose default export is the study. */
  readonly module: string
  readonly tsx: readonly string[] | undefined
  readonly data: unknown
  readonly workers: number
  /** Milliseconds. */
  readonly heartbeatTimeout: number
}

/** Of a worker; the next one gets the pages of the heap that the last one had. */
interface Slot {
  readonly ledger: Ledger
  thread: Promise<Thread> | undefined
  /** How many final trials its worker has been told of. */
  known: number
  isBusy: boolean
  /** Its worker met a fault of the machine. */
  isUnfit: boolean
}

// Ledgers of sweeps that have ended.
const spare: Ledger[] = []

/** Worker threads, which start at once. Rejects with a SweepError when they cannot. */
export const startThreads = async ({
  study,
  module,
  tsx,
  data,
  workers,
  heartbeatTimeout,
}: ThreadsOptions): Promise<WorkerPool> => {
  const wire = toWire(data)
  let isInterrupted = false
  const slots = Array.from({ length: workers }, (): Slot => {
    return { ledger: spare.pop() ?? newLedger(), thread: undefined, known: 0, isBusy: false, isUnfit: false }
  })
  const threadAt = (slot: Slot): Promise<Thread> => {
    slot.thread ??= startThread(
      {
        cachegradHeap: heapWith(slot.ledger),
        tsx,
        program: workerModule,
        module,
        study: identityOf(study),
        data: wire.data,
      },
      heartbeatTimeout,
    )
    return slot.thread
  }
  const clear = (slot: Slot): void => {
    slot.thread = undefined
    slot.known = 0
  }
  const stopAt = async ({ thread }: Slot): Promise<void> => {
    // One that did not start has stopped.
    const started = await thread?.catch(() => undefined)
    await started?.stop()
  }
  const stopAll = async (): Promise<void> => {
    await Promise.all(slots.map(stopAt))
  }
  const close = async (): Promise<void> => {
    await stopAll()
    spare.push(...slots.map(({ ledger }) => ledger))
    wire.release()
  }

  const run: WorkerPool['run'] = async (job, seen, listener): Promise<JobResult> => {
    const slot = slots.find(({ isBusy, isUnfit }) => !isBusy && !isUnfit)
    if (slot === undefined) throw new Error('more trials than workers, which is a bug of cachegrad; please report it')
    if (isInterrupted) return { _tag: 'Interrupted' }
    slot.isBusy = true
    try {
      // One may have died of what a trial left behind, after its end.
      if ((await slot.thread)?.isAlive() === false) clear(slot)
      const thread = await threadAt(slot)
      if (isInterrupted) return { _tag: 'Interrupted' }
      const news = seen.slice(slot.known)
      slot.known = Math.max(slot.known, seen.length)
      const jobResult = await thread.run({ job, news, sees: seen.length }, listener)
      if (jobResult._tag !== 'Lost' && jobResult._tag !== 'Unfit') return jobResult
      slot.isUnfit = jobResult._tag === 'Unfit'
      // One that had no memory gives back what it has.
      await thread.stop()
      clear(slot)
      return isInterrupted ? { _tag: 'Interrupted' } : jobResult
    } finally {
      slot.isBusy = false
    }
  }
  const interrupt = (): void => {
    isInterrupted = true
    void stopAll()
  }
  try {
    await Promise.all(slots.map(threadAt))
  } catch (reason) {
    await close()
    throw reason
  }
  return {
    get capacity() {
      return slots.filter(({ isUnfit }) => !isUnfit).length
    },
    run,
    interrupt,
    close,
  }
}
