import { existsSync, realpathSync } from 'node:fs'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import type { Command } from 'commander'
import type { Either } from 'fp-ts/lib/Either.js'
import { printable } from '../../src/files/index.ts'
import { backend, useBackend } from '../../src/index.ts'
import type { WorkEvent } from '../../src/queue/index.ts'
import { type Params, rerun, runSweep, type Study, type SweepError, type SweepResult } from '../../src/sweep/index.ts'
import { complain, fail, main, orFail, parse } from './cli.ts'
import { exitCodes, interruption } from './interruption.ts'
import { checkFiles, writeFiles } from './sweepFiles.ts'
import { type SweepFlags, sweepOptions } from './sweepOptions.ts'
import { secondsPerTrial, spaceLines, timeText } from './sweepPlan.ts'
import { clock, paramsText, reasonText, sweepView } from './sweepTable.ts'

/** A sweep as a program. */
export interface SweepScript<F> {
  /** Of the script, and so of its files. */
  readonly name: string
  readonly title: string
  /** `import.meta.url` of the module whose default export is the study. */
  readonly module: string
  readonly study: Either<SweepError, Study>
  /** Reports of a trial that is not pruned. */
  readonly epochs: number
  readonly options?: (command: Command) => Command
  /** The data that the flags ask for. */
  readonly data?: (flags: F) => unknown
  /** Trains with these parameters on all training images, and tests once; says what came of it. */
  readonly retrain: (params: Params, flags: F) => Promise<string>
}

type Flags<F> = SweepFlags & F & { readonly backend?: string }

/** Whether node was started with this module: not in a worker, and not where another module imports it. */
const isProgram = (module: string): boolean =>
  isMainThread && process.argv[1] !== undefined && pathToFileURL(realpathSync(process.argv[1])).href === module

const plan = async <F>(script: SweepScript<F>, study: Study, { trials, workers, study: journal }: Flags<F>) => {
  console.log(`${script.title}: ${study.sampler.description}, ${study.pruner.description}, seed ${study.seed}`)
  for (const line of spaceLines(study)) console.log(line)
  console.log(`journal ${journal}${existsSync(journal) ? ', which is there already' : ''}`)
  console.log(timeText(await secondsPerTrial(study, script.epochs), trials, workers))
}

/** What a journal holds, without running anything. */
const recorded = async (study: Study, journal: string): Promise<SweepResult> => {
  if (!existsSync(journal)) fail(`--study ${journal}: there is no such study yet; leave --rerun and --resume out`)
  return orFail(await runSweep(study, { journal, signal: AbortSignal.abort() })())
}

const runAgain = async (study: Study, journal: string, number: number): Promise<void> => {
  const { trials } = await recorded(study, journal)
  const trial = trials.find((one) => one.number === number)
  if (trial === undefined) return fail(`--rerun ${number}: the study has ${trials.length} trials, from 0 on`)
  console.log(`trial ${number}: ${paramsText(trial.params)}`)
  const see = ({ step, value }: { readonly step: number; readonly value: number }): void =>
    console.log(`step ${step}: ${value}`)
  const { state, value, reason } = orFail(await rerun(study, trial, see)())
  console.log(
    `${state}${value === undefined ? `: ${reasonText(reason)}` : ` with ${value}`}; in the study ${trial.state} with ${trial.value}`,
  )
}

const tell = ({ trials, best, done, status }: SweepResult, seconds: number): void => {
  const counts = (['complete', 'pruned', 'diverged', 'failed'] as const).map(
    (state) => `${trials.filter((trial) => trial.state === state).length} ${state}`,
  )
  console.log(`${status}: ${done} trials in ${clock(seconds)}; the study has ${counts.join(', ')}`)
  if (best !== undefined) {
    console.log(`best: trial ${best.number} with ${best.value}: ${paramsText(best.params)}`)
  }
}

/** Jobs of studies with the same journal's name meet. */
const nameOf = (journal: string): string => basename(journal).replace(/\.jsonl$/, '')

/** Who runs the trials, and the words for it. */
const poolFor = async ({ queue: url, study, workers, heartbeatTimeout }: SweepFlags, module: string) => {
  if (url === undefined || url === '') {
    return { pool: { module, workers, heartbeatTimeout }, words: `${workers} workers, one thread each` }
  }
  const { onQueue } = await import('../../src/queue/index.ts')
  return { pool: { pool: onQueue({ url, name: nameOf(study), module }) }, words: 'the workers at the queue' }
}

const workForOthers = async (study: Study, flags: SweepFlags, module: string): Promise<void> => {
  const { queue: url = '', workers, folder, heartbeatTimeout } = flags
  if (url === '') fail('--worker needs --queue, or the variable CACHEGRAD_QUEUE')
  const { workOnQueue } = await import('../../src/queue/index.ts')
  const name = nameOf(flags.study)
  const { signal, by, release } = interruption()
  const see = (event: WorkEvent): void => {
    if (event._tag === 'Waiting') console.log(`${workers} workers for study ${name}; they wait for its controller`)
    if (event._tag === 'Warned') console.error(`warning: ${printable(event.message)}`)
    if (event._tag === 'Ended') {
      const value = event.value === undefined ? '' : ` with ${event.value}`
      console.log(`trial ${event.number}: ${event.state}${value}`)
    }
  }
  const options = {
    url,
    name,
    module,
    workers,
    heartbeatTimeout,
    signal,
    see,
    ...(folder === undefined ? {} : { folder }),
  }
  const { done, status } = orFail(await workOnQueue(study, options)())
  console.log(`${status}: ${done} trials were run here`)
  await release()
  const interrupt = by()
  if (interrupt !== undefined) complain('interrupted; what ran went back to the queue', exitCodes[interrupt])
}

const search = async <F>(script: SweepScript<F>, study: Study, flags: Flags<F>): Promise<void> => {
  const { study: journal } = flags
  checkFiles(flags)
  if (flags.resume) await recorded(study, journal)
  const { pool, words } = await poolFor(flags, script.module)
  console.log(`backend: ${backend().description} on ${words}; journal ${journal}`)
  const { signal, by, release } = interruption()
  const view = sweepView(study.direction)
  const started = performance.now()
  const ended = await runSweep(study, { ...pool, journal, signal, see: view.see })()
  view.close()
  const result = orFail(ended)
  tell(result, (performance.now() - started) / 1000)
  // What follows the search itself can be had again by the same command.
  if (result.status !== 'interrupted') await release()
  await writeFiles(script.title, study, flags, result)
  if (flags.retrain && result.status !== 'interrupted') {
    const { best } = result
    console.log(best === undefined ? 'no complete trial to retrain' : await script.retrain(best.params, flags))
  }
  await release()
  const interrupt = by()
  if (result.status === 'interrupted' && interrupt !== undefined) {
    complain('interrupted; the same command goes on from here', exitCodes[interrupt])
  }
}

/** Runs a sweep as the command line asks, if this module is what node was started with. */
export const sweeping = <F>(script: SweepScript<F>): void => {
  if (!isProgram(script.module)) return
  main(async () => {
    const checked = orFail(script.study)
    const { options = (command) => command } = script
    const flags = parse<Flags<F>>(options(sweepOptions(script.name, script.title, checked.trials)))
    // Workers choose their kernels by the variable.
    if (flags.backend !== undefined) process.env.CACHEGRAD_BACKEND = flags.backend
    const { data = () => checked.data() } = script
    const study: Study = { ...checked, trials: flags.trials, data: () => data(flags) }
    // What runs here runs as in a worker, to the last bit.
    if (flags.dryRun || flags.rerun !== undefined) useBackend(backend().name, 1)
    if (flags.dryRun) return plan(script, study, flags)
    if (flags.rerun !== undefined) return runAgain(study, flags.study, flags.rerun)
    if (flags.worker) return workForOthers(study, flags, script.module)
    return search(script, study, flags)
  })
}
