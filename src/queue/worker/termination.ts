import { SweepError } from '../../sweep/index.ts'

/** Why a worker goes: the study is finished or is there no more, somebody wants it, or it cannot work. */
export type TerminationReason = 'finished' | 'gone' | 'interrupted' | SweepError

/** The end of a worker, which is requested once. */
export interface Termination {
  /** Undefined while it works. */
  readonly reason: () => TerminationReason | undefined
  readonly request: (reason: TerminationReason) => void
  /** Resolves when it is requested. */
  readonly requested: Promise<undefined>
}

/** A fault that is found while a worker goes is told nevertheless. */
export const createTermination = (): Termination => {
  let reason: TerminationReason | undefined
  let end = (_: undefined): void => {}
  const requested = new Promise<undefined>((resolve) => {
    end = resolve
  })
  return {
    reason: () => reason,
    request: (next) => {
      if (reason === undefined || (next instanceof SweepError && !(reason instanceof SweepError))) reason = next
      end(undefined)
    },
    requested,
  }
}
