import { Command, InvalidArgumentError } from 'commander'
import { against } from './against.ts'
import { commitOf } from './commit.ts'
import { backends, contestants, isNet } from './contestants.ts'
import { results } from './results.ts'
import { workloads } from './workloads.ts'

/** Measures this tree with its peers and writes <out>.md and <out>.json, or with another commit and fails where this tree is slower. */

const positive = (text: string): number => {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  throw new InvalidArgumentError('a number > 0 is expected.')
}

/** Some of the names, with commas between them. */
const someOf =
  (names: readonly string[]) =>
  (text: string): readonly string[] => {
    const chosen = text.split(',')
    const unknown = chosen.find((name) => !names.includes(name))
    if (unknown === undefined) return chosen
    throw new InvalidArgumentError(`there is no '${unknown}'; there are ${names.join(', ')}.`)
  }

const commit = (name: string): string => {
  const found = commitOf(name)
  if (found !== undefined) return found
  throw new InvalidArgumentError('git knows no such commit here.')
}

const names = workloads.map(({ name }) => name)
const trained = workloads.filter((workload) => isNet(workload) && !workload.evaluate)
const training = trained.map(({ name }) => name)
// A step of a net of images takes a second or more, so it is compared where it is asked for.
const comparedAtFirst = trained.filter(({ layers }) => layers === undefined).map(({ name }) => name)

const command = new Command('bench')
  .description('cachegrad beside its peers, or beside a commit of its own, in turns, ratios first')
  .option('--workloads <names>', `some of ${names.join(',')} (with --against: ${training.join(',')})`, someOf(names))
  .option('--rounds <number>', 'turns of each contestant (11, with --against 15)', positive)
  .option('--seconds <number>', 'length of a turn', positive, 0.3)
  .option('--only <texts>', 'contestants whose name contains one of the texts, e.g. wasm,PyTorch', (text) =>
    text.split(','),
  )
  .option('--out <path>', 'where the table and the JSON go, without ending', 'bench/results')
  .option('--against <commit>', 'fail where this tree is slower than that commit; writes nothing', commit)
  .option('--backends <names>', `with --against: some of ${backends.join(',')}`, someOf(backends), ['blas', 'wasm'])
  .parse()
const options = command.opts<{
  workloads?: readonly string[]
  rounds?: number
  seconds: number
  only?: readonly string[]
  out: string
  against?: string
  backends: readonly string[]
}>()

const named = (chosen: readonly string[]) => workloads.filter(({ name }) => chosen.includes(name))

if (options.against !== undefined) {
  for (const peersOnly of ['only', 'out'] as const) {
    if (command.getOptionValueSource(peersOnly) === 'cli')
      command.error(`error: --${peersOnly} does not go with --against`)
  }
  const { seconds, rounds = 15 } = options
  const chosen = named(options.workloads ?? comparedAtFirst)
  const strange = chosen.find((workload) => !isNet(workload))
  if (strange) command.error(`error: --against compares nets, and ${strange.name} is a single product`)
  const passed = await against({
    commit: options.against,
    workloads: chosen,
    backends: options.backends,
    rounds,
    seconds,
  })
  process.exitCode = passed ? 0 : 1
} else {
  if (command.getOptionValueSource('backends') === 'cli') command.error('error: --backends goes with --against')
  const { seconds, rounds = 11, out } = options
  const chosen = contestants.filter(({ group }) => options.only?.some((text) => group.includes(text)) ?? true)
  if (chosen.length === 0) command.error(`error: --only: no contestant has ${options.only} in its name`)
  await results({ workloads: named(options.workloads ?? names), contestants: chosen, rounds, seconds, out })
}
