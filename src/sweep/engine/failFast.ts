/**
 * The first trials of a study may all fail for one reason, e.g. a misspelt name in the objective. Until one of them gets a result all
 * failures are deferred, also those of later trials that were faster: then they count; else the sweep stops, and they are run again
 * when it is resumed.
 */
export interface FailFast<A> {
  /** Whether the failure is deferred. */
  readonly defers: (number: number, failure: A) => boolean
  /** A trial got a result; returns the failures that count from now on. */
  readonly succeed: (number: number) => readonly (readonly [number: number, failure: A])[]
  readonly haveAllFailed: () => boolean
  /** Those of the first trials. */
  readonly failures: () => readonly A[]
}

const FIRST = 3

/**
 * @param pending  the numbers of the trials that are to be run, in order, at least the first few
 * @param sees     how many trials must have ended before one begins
 */
export const failFast = <A>(pending: readonly number[], sees: (number: number) => number): FailFast<A> => {
  // Only such as do not wait for each other.
  const lowest = pending[0] ?? 0
  const first = new Set(pending.slice(0, FIRST).filter((number) => sees(number) <= lowest))
  const failures = new Map<number, A>()
  const firstFailures = (): readonly A[] =>
    [...failures].filter(([number]) => first.has(number)).map(([, failure]) => failure)
  return {
    defers: (number, failure) => {
      if (first.size === 0) return false
      failures.set(number, failure)
      return true
    },
    succeed: (number) => {
      if (!first.has(number)) return []
      const counting = [...failures]
      first.clear()
      failures.clear()
      return counting
    },
    haveAllFailed: () => first.size > 0 && firstFailures().length === first.size,
    failures: firstFailures,
  }
}
