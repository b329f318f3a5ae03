import { availableParallelism, cpus } from 'node:os'
import { build } from './commit.ts'
import { type Contestant, cachegrad } from './contestants.ts'
import { stepsPerTurn, turn } from './measure.ts'
import { type Absence, isPeer, start } from './peer.ts'
import { median, quartiles } from './statistics.ts'
import { table } from './tables.ts'
import type { Workload } from './workloads.ts'

/** What is compared, and how long. */
export interface Comparison {
  readonly commit: string
  readonly workloads: readonly Workload[]
  readonly backends: readonly string[]
  readonly rounds: number
  readonly seconds: number
}

/** The least median that passes although its quartiles leave 1 out. */
const LEAST = 0.98

const threePlaces = (value: number): string => value.toFixed(3)

/**
 * Speed of the first by that of the second, or why there is none. Both are new processes, so that where a process happens to
 * lie in memory counts in one round and not in all; turns A B B A take out what drifts.
 */
const round = async (
  workload: Workload,
  first: Contestant,
  second: Contestant,
  turnSeconds: number,
): Promise<number | Absence> => {
  const [a, b] = await Promise.all([start(first, workload), start(second, workload)])
  try {
    if (!isPeer(a)) return a
    if (!isPeer(b)) return b
    const [stepsOfA, stepsOfB] = [await stepsPerTurn(a, turnSeconds), await stepsPerTurn(b, turnSeconds)]
    const begins = await turn(a, stepsOfA)
    const followed = (await turn(b, stepsOfB)) + (await turn(b, stepsOfB))
    return followed / (begins + (await turn(a, stepsOfA)))
  } finally {
    for (const peer of [a, b]) if (isPeer(peer)) peer.close()
  }
}

/** Speed of this tree by that of the commit, a number a round; who begins alternates. */
const ratiosOf = async (
  workload: Workload,
  mine: Contestant,
  theirs: Contestant,
  { rounds, seconds }: Comparison,
): Promise<readonly number[] | Absence> => {
  const ratios: number[] = []
  while (ratios.length < rounds) {
    const mineBegins = ratios.length % 2 === 0
    const ratio = mineBegins
      ? await round(workload, mine, theirs, seconds)
      : await round(workload, theirs, mine, seconds)
    if (typeof ratio !== 'number') return ratio
    ratios.push(mineBegins ? ratio : 1 / ratio)
  }
  return ratios
}

/** What is wrong with the ratios; nothing when this tree is as fast. */
const faultOf = (ratios: readonly number[]): string | undefined =>
  median(ratios) < LEAST && quartiles(ratios)[1] < 1 ? 'slower' : undefined

const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`

/** Prints this tree's speed by that of a commit; false when it is slower somewhere, or when something could not be compared. */
export const against = async (comparison: Comparison): Promise<boolean> => {
  const { commit, workloads, backends, rounds } = comparison
  const folder = build(commit)
  const rows: (readonly string[])[] = []
  let passed = true
  for (const [workload, backend] of workloads.flatMap((w) => backends.map((b) => [w, b] as const))) {
    const mine = cachegrad(backend)
    const ratios = await ratiosOf(workload, mine, cachegrad(backend, folder), comparison)
    const isAbsent = 'reason' in ratios
    const fault = isAbsent
      ? `${ratios.contestant === mine ? 'this tree' : 'the commit'} could not: ${ratios.reason}`
      : faultOf(ratios)
    const figures = isAbsent
      ? ['–', '–']
      : [threePlaces(median(ratios)), quartiles(ratios).map(threePlaces).join(' – ')]
    const row = [workload.name, backend, ...figures, fault ?? 'passed']
    process.stderr.write(`${row.join('  ')}\n`)
    rows.push(row)
    passed &&= fault === undefined
  }
  process.stdout.write(
    `\nSpeed of this tree / speed of ${commit.slice(0, 12)}, ${rounds} rounds; ${machine}\n\n` +
      `${table(['workload', 'backend', 'median', 'quartiles', 'verdict'], rows)}\n`,
  )
  return passed
}
