import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import type { Data, FullyConnectedNet } from '../../src/index.ts'
import { jsonlLog, type RunDetails, recorder, tensorboardLog, writeReport } from '../../src/report/index.ts'
import { fail } from './cli.ts'
import type { Consumer, Finished } from './run.ts'

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

const warn = (message: string): void => void process.stderr.write(`warning: ${message}\n`)

/** Told before the training rather than after it. */
const checkWritable = (path: string): void => {
  const folder = dirname(resolve(path))
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(existsSync(path) ? path : folder, constants.W_OK)
  } catch (reason) {
    fail(`--report ${path} cannot be written: ${reason instanceof Error ? reason.message : String(reason)}`)
  }
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

/** The line that repeats this run. */
const commandLine = (): string => {
  const script = process.argv[1] ?? ''
  return ['npx tsx', relative(process.cwd(), script) || basename(script), ...process.argv.slice(2).map(quoted)].join(
    ' ',
  )
}

/** Consumers for what the flags ask for, and `finish`, which writes what is left at the end. */
export interface Reporting {
  readonly consumers: readonly Consumer[]
  readonly finish: (finished: Finished, details: RunDetails) => Promise<void>
}

export const reporting = (flags: ReportFlags, model: FullyConnectedNet, data: Data): Reporting => {
  const { report, log, tensorboard } = flags
  if (report !== undefined) checkWritable(report)
  const record = report === undefined ? undefined : recorder({ model, data, activations: model.activations })
  const onError = (error: Error): void => warn(`${error.message}; the training goes on`)
  const logs = [
    ...(log === undefined ? [] : [jsonlLog(log, { onError })]),
    ...(tensorboard === undefined ? [] : [tensorboardLog(tensorboard, { onError })]),
  ]
  return {
    consumers: [...(record === undefined ? [] : [record]), ...logs],
    finish: async ({ result }, details) => {
      for (const { close } of logs) close()
      if (record === undefined || report === undefined) return
      const started = performance.now()
      const written = await writeReport(report, record.finish({ command: commandLine(), result, ...details }))()
      if (E.isLeft(written)) return fail(`${written.left.message}; the accuracies above are those of the trained net`)
      console.log(`report: ${report}, written in ${((performance.now() - started) / 1000).toFixed(1)} s`)
    },
  }
}
