import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { dirname, relative, resolve } from 'node:path'
import type { Contestant } from './contestants.ts'
import { type Measurement, measure } from './measure.ts'
import { tables } from './tables.ts'
import type { Workload } from './workloads.ts'

/** What is measured, how long, and where the results go. */
export interface Race {
  readonly workloads: readonly Workload[]
  readonly contestants: readonly Contestant[]
  readonly rounds: number
  readonly seconds: number
  /** Without ending. */
  readonly out: string
}

/** What of a measurement means something on another machine: no paths. */
const portable = ({ workload, timings, absences }: Measurement) => ({
  workload,
  timings: timings.map(({ contestant: { group, threads }, description, seconds }) => ({
    group,
    threads,
    description,
    seconds,
  })),
  absences: absences.map(({ contestant: { group }, reason }) => ({ group, reason })),
})

const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** Measures all workloads with all contestants that are installed; writes <out>.md and <out>.json. */
export const results = async ({ workloads, contestants, rounds, seconds, out }: Race): Promise<void> => {
  const measurements: Measurement[] = []
  for (const workload of workloads) {
    const fitting = contestants.filter(({ fits }) => fits(workload))
    measurements.push(await measure(workload, fitting, rounds, seconds, say))
  }
  const machine = {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model ?? 'unknown processor',
    cores: availableParallelism(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    rounds,
    secondsPerTurn: seconds,
  }
  const heading =
    `${machine.date}, ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${machine.platform}; ` +
    `${machine.rounds} interleaved rounds of ${machine.secondsPerTurn} s, medians`
  const text = `${heading}\n\n${tables(measurements)}\n`
  const path = resolve(out)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.md`, text)
  writeFileSync(`${path}.json`, `${JSON.stringify({ machine, measurements: measurements.map(portable) })}\n`)
  process.stdout.write(`\n${text}\nwritten to ${relative('.', path)}.md and .json\n`)
}
