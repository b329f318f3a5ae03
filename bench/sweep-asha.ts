// ASHA against full training on CIFAR-10: trains random configurations of experiments/sweep-cifar10.ts to their end, and asks ASHA
// after each epoch what it would have done. A trial's reports do not depend on the others, so that is the study with ASHA to the last bit.
// npx tsx bench/sweep-asha.ts [--trials 36] [--training 49000] [--workers 2] [--journal asha.jsonl] [--data-dir <folder>]
import { isMainThread } from 'node:worker_threads'
import { Command } from 'commander'
import { EPOCHS, netOf, pruner, solverOf, space } from '../experiments/sweep-cifar10.ts'
import { trainTrial } from '../src/checkpoint/index.ts'
import { loadCifar10 } from '../src/data/index.ts'
import { orThrow } from '../src/index.ts'
import { best, type Pruner, type Reported, random, runSweep, sweep, type Trial } from '../src/sweep/index.ts'

interface Flags {
  readonly trials: string
  readonly training: string
  readonly workers: string
  readonly journal: string
  readonly dataDir?: string
}

// Workers load this module too, and get their data from the thread that began.
const flags = new Command()
  .option('--trials <n>', 'configurations', '36')
  .option('--training <n>', 'training images', '49000')
  .option('--workers <n>', 'worker threads', '2')
  .option('--journal <file>', 'where the trials are kept', 'asha.jsonl')
  .option('--data-dir <folder>', 'as in cifar10.ts')
  .parse(isMainThread ? process.argv : [], { from: isMainThread ? 'node' : 'user' })
  .opts<Flags>()

const study = sweep({
  space,
  data: async () => {
    const options = { preprocess: 'standardize', numTraining: Number(flags.training), numValidation: 1000, numTest: 0 }
    const where = flags.dataDir === undefined ? {} : { dir: flags.dataDir }
    const { train, val } = orThrow(await loadCifar10({ ...options, ...where } as never)())
    return { xTrain: train.x, yTrain: train.y, xVal: val.x, yVal: val.y }
  },
  objective: (trial, data) => trainTrial(trial, netOf(trial.params), data, solverOf(trial.params, trial.seed)),
  direction: 'maximize',
  sampler: random(),
  trials: Number(flags.trials),
  seed: 231,
})
export default study

/** What becomes of a trial that was run to its end when the pruner is asked after each report. */
const pruned = (asha: Pruner, trial: Trial, before: readonly Trial[]): Trial => {
  const seen = before.slice(0, asha.sees(trial.number))
  const reported: Reported[] = []
  for (const report of trial.reported) {
    reported.push(report)
    const reason = asha.prune({ direction: 'maximize', number: trial.number, reported, seen })
    if (reason !== undefined) return { ...trial, state: 'pruned', reported, reason, value: report.value }
  }
  return trial
}

const epochsOf = (trials: readonly Trial[]): number => trials.reduce((sum, { reported }) => sum + reported.length, 0)

const lineOf = (name: string, trials: readonly Trial[], all: number): string => {
  const found = best(trials, 'maximize')
  if (found === undefined) return `| ${name} | no complete trial |`
  const { number, value } = found
  const complete = trials.filter(({ state }) => state === 'complete').length
  return `| ${name} | ${complete} | ${epochsOf(trials)} (${((100 * epochsOf(trials)) / all).toFixed(1)} %) | ${number} | ${value} |`
}

if (isMainThread) {
  const see = (event: { readonly _tag: string; readonly trial?: Trial }): void => {
    if (event._tag === 'Ended') process.stderr.write('.')
  }
  const { workers, journal } = flags
  const run = runSweep(orThrow(study), { module: import.meta.url, workers: Number(workers), journal, see })
  const { trials } = orThrow(await run())
  const asha = orThrow(pruner)
  const kept: Trial[] = []
  for (const trial of trials) kept.push(pruned(asha, trial, kept))
  console.log(`${trials.length} random configurations, ${flags.training} training images, ${EPOCHS} epochs`)
  console.log('| | complete | epochs | best trial | its validation accuracy |')
  console.log('|---|---:|---:|---:|---:|')
  console.log(lineOf('all to their end', trials, epochsOf(trials)))
  console.log(lineOf(asha.description, kept, epochsOf(trials)))
}
