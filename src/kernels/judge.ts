/**
 * Whether to share kernels is worth it. Where another program has the other cores, a part that was handed over comes back late. So a
 * kernel's time with the threads is compared with its time without them; when sharing does not pay, the calling thread runs all parts
 * itself for a while, and each time for longer. Parts stay the same, and so do results.
 */
export interface Judge {
  /** Whether a call that begins now is to be shared. */
  readonly isWorth: (now: number) => boolean
  /** A call without the threads: its kernel, its work in parts of the smallest size, and how long it took. */
  readonly alone: (kernel: number, work: number, took: number) => void
  /** A call with the threads; `guess` is what it would have taken without, by the time of the caller's part. */
  readonly shared: (kernel: number, work: number, guess: number, begin: number, end: number) => void
}

// All times in milliseconds. Sharing pays when it takes less than that share of the time without the threads.
const WORTH = 0.95
const JUDGED_CALLS = 16
// Calls after a pause that are not judged: the threads have slept, and wake up.
const WAKING_CALLS = 2
// A judgement does not wait for the last call when sharing has cost that much more than it could have saved.
const TOO_LATE = 1
const SHORTEST = 20
const LONGEST = 1000
// Of a long call, standing back is for several of its length; its time without the threads is taken anew as much more seldom.
const CALLS_ALONE = 4
const CALLS_BETWEEN = 100
// Times without the threads are taken anew that often, and for that long.
const REFRESH = 1000
const PROBE = 4
// The weight of a time that is shorter than what is known, and of one that is longer: first calls are slow, and others are disturbed.
const SHORTER = 0.5
const LONGER = 0.02

export const newJudge = (): Judge => {
  /** Time of a unit of work without the threads, by kernel. */
  const rates: (number | undefined)[] = []
  let took = 0
  let expected = 0
  let calls = 0
  let pause = SHORTEST
  let aloneUntil = 0
  let refreshAt = 0

  const standBack = (now: number, time: number, length: number): void => {
    aloneUntil = now + time
    refreshAt = aloneUntil + Math.max(REFRESH, CALLS_BETWEEN * length)
    took = expected = 0
    calls = -WAKING_CALLS
  }

  const judge = (now: number, length: number): void => {
    const isLate = took > expected + TOO_LATE
    if (!isLate && calls < JUDGED_CALLS) return
    if (took > WORTH * expected) {
      standBack(now, Math.max(pause, CALLS_ALONE * length), length)
      pause = Math.min(LONGEST, 2 * pause)
      return
    }
    pause = Math.max(SHORTEST, pause / 2)
    took = expected = calls = 0
    if (now > refreshAt) standBack(now, PROBE, length)
  }

  const learn = (kernel: number, rate: number): number => {
    const known = rates[kernel] ?? rate
    const next = known + (rate < known ? SHORTER : LONGER) * (rate - known)
    rates[kernel] = next
    return next
  }

  return {
    isWorth: (now) => now >= aloneUntil,
    alone: (kernel, work, time) => {
      learn(kernel, time / work)
    },
    shared: (kernel, work, guess, begin, end) => {
      if (calls++ < 0) return
      took += end - begin
      expected += work * learn(kernel, guess / work)
      judge(end, end - begin)
    },
  }
}
