import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { explain, replaceFile, writeReasons } from '../../src/files/index.ts'
import { type Study, type SweepResult, type Trial, toCsv, toJson } from '../../src/sweep/index.ts'
import { fail, orFail } from './cli.ts'
import type { SweepFlags } from './sweepOptions.ts'
import { checkWritable } from './writable.ts'

/** Beside the journal, so that studies keep their pages apart. */
const pageOf = ({ report, study }: SweepFlags): string => report ?? `${study.replace(/\.jsonl$/, '')}.html`

/** Ends the process before the work if what it comes to could not be written. */
export const checkFiles = (flags: SweepFlags): void => {
  const paths = { report: pageOf(flags), csv: flags.csv, json: flags.json }
  for (const [option, path] of Object.entries(paths)) {
    if (path !== undefined) orFail(checkWritable(`--${option}`, path))
  }
}

const writeTable = async (option: 'csv' | 'json', path: string, table: string): Promise<void> => {
  try {
    await mkdir(dirname(path), { recursive: true })
    await replaceFile(path, table)
  } catch (error) {
    fail(`--${option} ${path}: it cannot be written: ${explain(writeReasons, error)}; the journal has it all`)
  }
  console.log(`${option}: ${path}`)
}

const writePage = async (
  title: string,
  path: string,
  { space, direction, sampler, pruner, seed }: Study,
  trials: readonly Trial[],
): Promise<void> => {
  // Here, since workers load this module too and have no use for charts.
  const { writeSweepReport } = await import('../../src/report/index.ts')
  const { commandLine } = await import('./reporting.ts')
  const command = commandLine()
  const written = await writeSweepReport(path, {
    ...{ title, space, direction, seed, trials, command },
    sampler: sampler.description,
    pruner: pruner.description,
    rerun: ({ number }: Trial) => `${command} --rerun ${number}`,
  })()
  orFail(written)
  console.log(`report: ${path}`)
}

/** The page, and the tables that the command line asks for. */
export const writeFiles = async (
  title: string,
  study: Study,
  flags: SweepFlags,
  { trials }: SweepResult,
): Promise<void> => {
  const { csv, json } = flags
  if (csv !== undefined) await writeTable('csv', csv, toCsv(trials, Object.keys(study.space)))
  if (json !== undefined) await writeTable('json', json, toJson(trials))
  await writePage(title, pageOf(flags), study, trials)
}
