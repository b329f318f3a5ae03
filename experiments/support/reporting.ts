import { basename, relative } from 'node:path'
import type { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import type { Consumer, Data, Model, Result } from '../../src/index.ts'
import { jsonlLog, type RunDetails, recorder, tensorboardLog, writeReport } from '../../src/report/index.ts'
import { warn } from './cli.ts'

/** What the command line wants to be written of a run. */
export interface ReportFlags {
  readonly report?: string
  readonly log?: string
  readonly tensorboard?: string
}

export const reportOptions = (command: Command): Command =>
  command
    .option('--report <file>', 'write a page about the run, e.g. run.html')
    .option('--log <file>', 'write each event as a line of JSON, e.g. run.jsonl')
    .option('--tensorboard <folder>', 'write event files for TensorBoard into this folder')

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

/** Addresses of servers without their passwords. */
const hushed = (word: string): string =>
  word.replace(/(rediss?:\/\/)(?:.*@)?([^?]*).*/i, (whole, scheme, host) =>
    whole.includes('@') || whole.includes('?') ? `${scheme}***@${host}` : whole,
  )

/** The line that repeats this run; it has no passwords. */
export const commandLine = (): string => {
  const script = process.argv[1] ?? ''
  const words = process.argv.slice(2).map((word) => quoted(hushed(word)))
  return ['npx tsx', relative(process.cwd(), script) || basename(script), ...words].join(' ')
}

/** Consumers for what the flags ask for, and `finish`, which writes the page at the end. */
export interface Reporting<Y> {
  readonly consumers: readonly Consumer[]
  readonly finish: (details: RunDetails<Y> & { readonly result: Result }) => Promise<E.Either<Error, void>>
}

/** @param append  a log that is there is gone on with, as the run is */
export const reporting = <Y>(
  flags: ReportFlags,
  model: Model<Y>,
  data: Data<NoInfer<Y>>,
  append: boolean,
): Reporting<Y> => {
  const { report, log, tensorboard } = flags
  const record = report === undefined ? undefined : recorder({ model, data })
  const onError = (error: Error): void => warn(`${error.message}; the training goes on`)
  const logs = [
    ...(log === undefined ? [] : [jsonlLog(log, { onError, append })]),
    ...(tensorboard === undefined ? [] : [tensorboardLog(tensorboard, { onError })]),
  ]
  return {
    consumers: [...(record === undefined ? [] : [record]), ...logs],
    finish: async (details) => {
      if (record === undefined || report === undefined) return E.right(undefined)
      const started = performance.now()
      const written = await writeReport(report, record.finish({ command: commandLine(), ...details }))()
      if (E.isRight(written)) {
        console.log(`report: ${report}, written in ${((performance.now() - started) / 1000).toFixed(1)} s`)
      }
      return written
    },
  }
}
