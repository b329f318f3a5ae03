import { setTimeout as pause } from 'node:timers/promises'
import type { Contestant } from './contestants.ts'
import { type Absence, isPeer, type Peer, start } from './peer.ts'
import type { Workload } from './workloads.ts'

/** What a contestant took: seconds a step, one number a round. */
export interface Timing {
  readonly contestant: Contestant
  readonly description: string
  readonly seconds: readonly number[]
}

export interface Measurement {
  readonly workload: Workload
  readonly timings: readonly Timing[]
  readonly absences: readonly Absence[]
}

// A BLAS or OpenMP thread spins for a while after its work, on a core that the next contestant wants.
const SETTLE_MS = 60

// A contestant that needs longer than this for one step has few rounds, or the run would take hours.
const SLOW_STEP = 1
const FEW_ROUNDS = 3

/** Steps that fill a turn, found after a warm-up, in which engines compile and caches fill. */
export const stepsPerTurn = async (peer: Peer, turnSeconds: number): Promise<number> => {
  let count = 1
  let seconds = await peer.run(1)
  while (seconds < turnSeconds && count < 1e6) {
    count = Math.ceil(Math.min(count * 8, (1.2 * turnSeconds * count) / Math.max(seconds, 1e-6)))
    seconds = await peer.run(count)
  }
  return Math.max(1, Math.round((turnSeconds * count) / seconds))
}

/** A turn of so many steps; seconds a step. */
export const turn = async (peer: Peer, steps: number): Promise<number> => {
  await pause(SETTLE_MS)
  return (await peer.run(steps)) / steps
}

/**
 * All contestants in turn, A B C A B C …, so that a disturbance of the machine meets all of them.
 *
 * @param startPeer  how a contestant is started; as a process if not given
 */
export const measure = async (
  workload: Workload,
  contestants: readonly Contestant[],
  rounds: number,
  turnSeconds: number,
  say: (line: string) => void,
  startPeer = start,
): Promise<Measurement> => {
  const absences: Absence[] = []
  const entries: { readonly peer: Peer; readonly steps: number; readonly seconds: number[] }[] = []
  for (const contestant of contestants) {
    const started = await startPeer(contestant, workload)
    if (!isPeer(started)) {
      absences.push(started)
      say(`${workload.name}: ${contestant.group} is left out: ${started.reason}`)
      continue
    }
    say(`${workload.name}: ${contestant.group}: ${started.description}`)
    entries.push({ peer: started, steps: await stepsPerTurn(started, turnSeconds), seconds: [] })
  }
  for (let round = 0; round < rounds; round++) {
    for (const { peer, steps, seconds } of entries) {
      const slow = steps === 1 && (seconds[0] ?? 0) > SLOW_STEP
      if (slow && round >= FEW_ROUNDS) continue
      seconds.push(await turn(peer, steps))
    }
    say(`${workload.name}: round ${round + 1} of ${rounds}`)
  }
  for (const { peer } of entries) peer.close()
  return {
    workload,
    absences,
    timings: entries.map(({ peer: { contestant, description }, seconds }) => ({ contestant, description, seconds })),
  }
}
