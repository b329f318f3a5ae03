import type { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import type { Run } from '../../src/checkpoint/index.ts'
import { type Input, inputOf, saveNet } from '../../src/formats/index.ts'
import {
  type Consumer,
  checkSolverOptions,
  type Data,
  type Model,
  type Result,
  runToEnd,
  type SolverOptions,
  train,
  type Weights,
} from '../../src/index.ts'
import type { RunDetails } from '../../src/report/index.ts'
import { type CheckpointFlags, checkCheckpointing, checkpointing, checkpointOptions } from './checkpointing.ts'
import { complain, orFail } from './cli.ts'
import { exitCodes, interruption } from './interruption.ts'
import { type ReportFlags, reporting, reportOptions } from './reporting.ts'
import { checkWritable } from './writable.ts'

/** What the command line may ask of a run, whatever it trains. */
export interface TrainingFlags extends CheckpointFlags, ReportFlags {
  readonly save?: string
}

export const trainingOptions = (command: Command): Command =>
  checkpointOptions(reportOptions(command)).option(
    '--save <file>',
    'write the trained net for predict.ts, e.g. net.safetensors',
  )

/** What a page tells of a run, and how raw rows become those that it was trained on. */
export type Details<Y> = RunDetails<Y> & { readonly input?: Input }

/** A run that has ended, well or not. */
export interface Trained<Y> {
  readonly result: Result
  /** Of this process; a run that goes on had steps before. */
  readonly steps: number
  readonly seconds: number
  /** Whether it came to its end; else only `finish` is left to do. */
  readonly isWhole: boolean
  /** Writes what the flags ask for, says what went wrong, and sets the exit code. */
  readonly finish: (details: Details<Y>) => Promise<void>
}

const saved = async (
  path: string,
  model: Model<unknown>,
  weights: Weights,
  input: Input,
  names?: readonly string[],
) => {
  const net = { model, weights, input, ...(names && { classNames: names }) }
  orFail(await saveNet(path, net)())
  console.log(`net: ${path}`)
}

/** Ends the process for what the command line asks of a run and cannot have: before data are loaded, and not after. */
export const checkTraining = (flags: TrainingFlags, solver: SolverOptions): void => {
  if (flags.save !== undefined) orFail(checkWritable('--save', flags.save))
  if (flags.report !== undefined) orFail(checkWritable('--report', flags.report))
  checkCheckpointing(flags)
  orFail(checkSolverOptions(solver))
}

/** Trains as the flags ask: with checkpoints and logs, and so that Ctrl-C and a loss that is not finite lose nothing. */
export const training = async <Y>(
  flags: TrainingFlags,
  model: Model<Y>,
  data: Data<NoInfer<Y>>,
  solver: SolverOptions,
  view: Consumer,
): Promise<Trained<Y>> => {
  const checkpoints = await checkpointing(flags, { model, data, options: solver } as Run<never>)
  const { signal, by, release } = interruption()
  const events = orFail(train(model, data, { ...solver, signal }, checkpoints?.from))
  const reports = reporting(flags, model, data, checkpoints?.from !== undefined)
  const consumers = [view, ...reports.consumers, ...(checkpoints === undefined ? [] : [checkpoints])]
  const started = performance.now()
  const result = await runToEnd(events, consumers)
  const seconds = (performance.now() - started) / 1000
  await release()
  const isWhole = result.status === 'finished' || result.status === 'stoppedEarly'

  /** What is kept of a run that did not come to its end. */
  const kept = async (): Promise<string> => {
    const unsaved = flags.save === undefined ? '' : `; ${flags.save} was not written`
    if (checkpoints === undefined) return `without --checkpoint it cannot go on${unsaved}`
    const written = await checkpoints.close()
    return E.isLeft(written)
      ? `the last checkpoint could not be written, older ones stay in ${flags.checkpoint}${unsaved}`
      : `--checkpoint ${flags.checkpoint} --resume goes on from here${unsaved}`
  }
  const explain = async (): Promise<void> => {
    if (result.fault !== undefined) complain(result.fault.message, 3)
    const name = by()
    if (result.status !== 'interrupted' || name === undefined) return
    const best =
      result.best === undefined ? '' : `; best validation ${result.scoreName} ${result.best.valScore.toFixed(4)}`
    complain(`interrupted after step ${result.steps}${best}; ${await kept()}`, exitCodes[name])
  }
  return {
    result,
    steps: result.steps - (checkpoints?.from?.lossHistory.length ?? 0),
    seconds,
    isWhole,
    finish: async ({ input = inputOf(data.xTrain), ...details }) => {
      await explain()
      const reported = await reports.finish({ result, ...details })
      // What went wrong first is what the exit code says.
      if (E.isLeft(reported))
        complain(reported.left.message, process.exitCode === undefined ? 1 : Number(process.exitCode))
      if (isWhole && flags.save !== undefined) {
        const { weights } = details.result ?? result
        await saved(flags.save, model as Model<unknown>, weights, input, details.classNames)
      }
    },
  }
}
