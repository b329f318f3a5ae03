import { type Crew, type Study, type Trial, threadCrew } from '../sweep/index.ts'
import type { Plan } from './plan.ts'

/** Threads that work for one session of a controller: what they know of other trials is of no use to another. */
export interface Shift {
  readonly session: string
  readonly crew: Promise<Crew>
  readonly seenBy: (count: number) => Promise<readonly Trial[]>
  readonly end: () => Promise<void>
}

export interface ShiftOptions {
  readonly study: Study
  readonly module: string
  readonly workers: number
  /** Of a thread, in seconds. */
  readonly silence: number | undefined
  readonly data: unknown
  readonly subscribe: () => (count: number, isStopped: () => boolean) => Promise<readonly Trial[]>
}

const beginShift = (session: string, { study, module, workers, silence, data, subscribe }: ShiftOptions): Shift => {
  let isOver = false
  const crew = threadCrew(study, { module, workers, silence, data: () => data })
  // Whoever runs a trial hears of it.
  crew.catch(() => {})
  const upTo = subscribe()
  return {
    session,
    crew,
    seenBy: (count) => upTo(count, () => isOver),
    end: async () => {
      isOver = true
      const started = await crew.catch(() => undefined)
      started?.interrupt()
      await started?.close()
    },
  }
}

/** The shift that a plan wants: the present one, or a new one in its place. */
export const shifts = (options: ShiftOptions) => {
  let present: Shift | undefined
  return {
    for: ({ session }: Pick<Plan, 'session'>): Shift => {
      if (present?.session === session) return present
      void present?.end()
      present = beginShift(session, options)
      return present
    },
    end: async (): Promise<void> => present?.end(),
  }
}
