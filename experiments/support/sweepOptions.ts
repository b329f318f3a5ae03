import { availableParallelism } from 'node:os'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { command, number } from './cli.ts'
import { atLeastOne } from './study.ts'

/** The command line of a sweep. */
export interface SweepFlags {
  readonly trials: number
  readonly workers: number
  readonly study: string
  readonly resume?: true
  readonly dryRun?: true
  readonly report?: string
  readonly csv?: string
  readonly json?: string
  readonly rerun?: number
  readonly retrain?: true
  readonly queue?: string
  readonly worker?: true
  readonly folder?: string
  readonly heartbeatTimeout: number
}

const trialNumber = (text: string): number => {
  const n = number(text)
  if (!Number.isSafeInteger(n) || n < 0) throw new InvalidArgumentError('it must be the number of a trial, from 0.')
  return n
}

export const sweepOptions = (name: string, description: string, trials: number): Command =>
  command(name, description)
    .option('--trials <n>', 'how many the study is to have', atLeastOne, trials)
    .option('--workers <n>', 'worker threads', atLeastOne, availableParallelism())
    .option('--heartbeat-timeout <seconds>', 'without a report, after which a trial is taken for hung', number, 600)
    .option('--study <file>', 'the journal; what is there already is gone on with', `${name}.jsonl`)
    .option('--resume', 'the study must be there already')
    .option('--dry-run', 'print the plan and the time that it should take, and run nothing but a few epochs')
    .option('--report <file>', 'the page about the sweep (default: beside the journal, with its name)')
    .option('--csv <file>', 'the table as comma-separated values, too')
    .option('--json <file>', 'the table as JSON, too')
    .option('--rerun <number>', 'run this trial of the study again, here and unpruned, and nothing else', trialNumber)
    .addOption(
      new Option(
        '--queue <url>',
        'have the trials run by workers elsewhere, through BullMQ on this Redis server; the variable keeps its password out of the list of processes',
      ).env('CACHEGRAD_QUEUE'),
    )
    .option('--worker', 'run trials for the controller at --queue whose --study has this name, and nothing else')
    .option('--folder <path>', 'of a worker: where all machines share the checkpoints of unfinished trials')
    .option('--retrain', 'at the end train the best net on all training images and test it, once')
