import { heapWith, type Ledger, newLedger } from '../../kernels/index.ts'
import type { Verdict } from '../engine/attempt.ts'
import type { Crew } from '../engine/crew.ts'
import type { Study } from '../sweep.ts'
import { identityOf } from './messages.ts'
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
  readonly silence: number
}

/** A place for a worker; the next one gets the pages of the heap that the last one had. */
interface Place {
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
export const threads = async ({ study, module, tsx, data, workers, silence }: ThreadsOptions): Promise<Crew> => {
  const wire = toWire(data)
  let isInterrupted = false
  const places = Array.from({ length: workers }, (): Place => {
    return { ledger: spare.pop() ?? newLedger(), thread: undefined, known: 0, isBusy: false, isUnfit: false }
  })
  const threadAt = (place: Place): Promise<Thread> => {
    place.thread ??= startThread(
      {
        cachegradHeap: heapWith(place.ledger),
        tsx,
        program: workerModule,
        module,
        study: identityOf(study),
        data: wire.data,
      },
      silence,
    )
    return place.thread
  }
  const dismiss = (place: Place): void => {
    place.thread = undefined
    place.known = 0
  }
  const stopAt = async ({ thread }: Place): Promise<void> => {
    // One that did not start has stopped.
    const started = await thread?.catch(() => undefined)
    await started?.stop()
  }
  const stopAll = async (): Promise<void> => {
    await Promise.all(places.map(stopAt))
  }
  const close = async (): Promise<void> => {
    await stopAll()
    spare.push(...places.map(({ ledger }) => ledger))
    wire.release()
  }

  const run: Crew['run'] = async (job, seen, listener): Promise<Verdict> => {
    const place = places.find(({ isBusy, isUnfit }) => !isBusy && !isUnfit)
    if (place === undefined) throw new Error('more trials than workers, which is a bug of cachegrad; please report it')
    if (isInterrupted) return { _tag: 'Interrupted' }
    place.isBusy = true
    try {
      // One may have died of what a trial left behind, after its end.
      if ((await place.thread)?.isAlive() === false) dismiss(place)
      const thread = await threadAt(place)
      if (isInterrupted) return { _tag: 'Interrupted' }
      const news = seen.slice(place.known)
      place.known = Math.max(place.known, seen.length)
      const verdict = await thread.run({ job, news, sees: seen.length }, listener)
      if (verdict._tag !== 'Lost' && verdict._tag !== 'Unfit') return verdict
      place.isUnfit = verdict._tag === 'Unfit'
      // One that had no memory gives back what it has.
      await thread.stop()
      dismiss(place)
      return isInterrupted ? { _tag: 'Interrupted' } : verdict
    } finally {
      place.isBusy = false
    }
  }
  const interrupt = (): void => {
    isInterrupted = true
    void stopAll()
  }
  try {
    await Promise.all(places.map(threadAt))
  } catch (reason) {
    await close()
    throw reason
  }
  return {
    get places() {
      return places.filter(({ isUnfit }) => !isUnfit).length
    },
    run,
    interrupt,
    close,
  }
}
