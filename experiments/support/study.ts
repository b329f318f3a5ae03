import { type Command, InvalidArgumentError } from 'commander'
import { type Rows, sliceRows } from '../../src/index.ts'
import { fail, number, orFail, parse } from './cli.ts'
import { type DatasetOptions, datasetOptions } from './dataset.ts'
import { checkWritable } from './writable.ts'

/** What the scripts that compare share: a data set, a seed and a page. */
export interface StudyOptions extends DatasetOptions {
  readonly seed: number
  readonly out: string
}

export const studyOptions = (command: Command): Command =>
  datasetOptions(command)
    .option('--seed <n>', 'seeds weights, batches and dropout', number, 0)
    .option('--out <file>', 'the page with the charts', `${command.name()}.html`)

/** An option that counts something. */
export const atLeastOne = (text: string): number => {
  const n = number(text)
  if (!Number.isSafeInteger(n) || n < 1) throw new InvalidArgumentError('it must be an integer ≥ 1.')
  return n
}

/** `parse`, and a page that could not be written is found before the work, not after it. */
export const parseStudy = <O extends StudyOptions>(program: Command): O => {
  const options = parse<O>(program)
  orFail(checkWritable('--out', options.out))
  return options
}

export interface Examples {
  readonly x: Rows
  readonly y: Int32Array
}

/** Examples from … to − 1, if there are so many. */
export const part = ({ x, y }: Examples, from: number, to: number): Examples =>
  to <= y.length
    ? { x: sliceRows(x, from, to), y: y.subarray(from, to) }
    : fail(`--examples: ${to} training images are needed, but the data set has ${y.length}`)
