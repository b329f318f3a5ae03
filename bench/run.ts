import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { dirname, relative, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { contestants } from './contestants.ts'
import { type Measurement, measure } from './measure.ts'
import { tables } from './tables.ts'
import { workloads } from './workloads.ts'

/** Measures all workloads with all contestants that are installed; writes <out>.md and <out>.json. */

const positive = (text: string): number => {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  throw new InvalidArgumentError('a number > 0 is expected.')
}

const names = workloads.map(({ name }) => name)

const command = new Command('bench')
  .description('cachegrad against its peers, interleaved, ratios first')
  .option('--workloads <names…>', `some of ${names.join(', ')}`, (text) => text.split(','), names)
  .option('--only <texts>', 'contestants whose name contains one of the texts, e.g. wasm,PyTorch', (text) =>
    text.split(','),
  )
  .option('--rounds <number>', 'turns of each contestant', positive, 11)
  .option('--seconds <number>', 'length of a turn', positive, 0.3)
  .option('--out <path>', 'where the table and the JSON go, without ending', 'bench/results')
  .parse()
const options = command.opts<{ workloads: string[]; only?: string[]; rounds: number; seconds: number; out: string }>()

const unknown = options.workloads.find((name) => !names.includes(name))
if (unknown !== undefined) command.error(`error: --workloads: there is no ${unknown}; there are ${names.join(', ')}`)
const chosen = contestants.filter(({ group }) => options.only?.some((text) => group.includes(text)) ?? true)
if (chosen.length === 0) command.error(`error: --only: no contestant has ${options.only} in its name`)

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

const measurements: Measurement[] = []
for (const workload of workloads.filter(({ name }) => options.workloads.includes(name))) {
  const fitting = chosen.filter(({ fits }) => fits(workload))
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  measurements.push(await measure(workload, fitting, options.rounds, options.seconds, say))
}

const machine = {
  date: new Date().toISOString().slice(0, 10),
  cpu: cpus()[0]?.model ?? 'unknown processor',
  cores: availableParallelism(),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  rounds: options.rounds,
  secondsPerTurn: options.seconds,
}
const heading =
  `${machine.date}, ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${machine.platform}; ` +
  `${machine.rounds} interleaved rounds of ${machine.secondsPerTurn} s, medians`
const text = `${heading}\n\n${tables(measurements)}\n`
const out = resolve(options.out)
mkdirSync(dirname(out), { recursive: true })
writeFileSync(`${out}.md`, text)
writeFileSync(`${out}.json`, `${JSON.stringify({ machine, measurements: measurements.map(portable) })}\n`)
process.stdout.write(`\n${text}\nwritten to ${relative('.', out)}.md and .json\n`)
