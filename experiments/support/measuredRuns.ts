import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { overSeeds } from '../../src/index.ts'

/** What makes a run what it is: the same question has the same answer, but for the time it takes. */
export interface Question<Recipe extends object = object> {
  readonly recipe: Recipe
  readonly seed: number
  /** On which images it is told how good the net is. */
  readonly on: 'validation' | 'test'
  /** The kernels' name. */
  readonly backend: string
}

/** A run that was made. */
export interface MeasuredRun extends Question {
  readonly accuracy: number
  readonly viewsAccuracy?: number
  /** How it ended: of one that diverged, the accuracy is that of the weights before. */
  readonly status: string
  readonly steps: number
  /** Of all steps: where a call went on with a run, at the pace of its own steps; absent where none were left. */
  readonly seconds?: number
  /** Accuracy on the images before the first epoch and after each; only of validation images. */
  readonly epochs: readonly number[]
  readonly machine: string
  readonly node: string
  readonly date: string
}

/** The runs in a journal, a line of JSON each; a last line that was cut off is none. */
export const readRuns = (path: string): MeasuredRun[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .slice(0, -1)
        .filter((line) => line !== '' && line.endsWith('}'))
        .map((line) => JSON.parse(line) as MeasuredRun)
    : []

/** Adds a run; what a crash left of a line before it ends there. */
export const addRun = (path: string, run: MeasuredRun): void => {
  const isCut = existsSync(path) && !/(?:^|\n)$/.test(readFileSync(path, 'utf8'))
  appendFileSync(path, `${isCut ? '\n' : ''}${JSON.stringify(run)}\n`)
}

/** Where the checkpoints of a run lie that is not over: beside the journal. */
export const checkpointsOf = (path: string, question: Question): string =>
  `${path}.${createHash('sha256').update(JSON.stringify(question)).digest('hex').slice(0, 12)}`

const questionOf = ({ recipe, seed, on, backend }: Question): unknown =>
  JSON.parse(JSON.stringify({ recipe, seed, on, backend }))

/** The run that answers a question, if it was made. */
export const answerTo = (runs: readonly MeasuredRun[], question: Question): MeasuredRun | undefined =>
  runs.find((run) => isDeepStrictEqual(questionOf(run), questionOf(question)))

/** A row of a table before its runs are made: questions that differ in their seeds. */
export interface AskedRow<Recipe extends object = object> {
  readonly name: string
  readonly questions: readonly Question<Recipe>[]
}

/** A row of a table: runs that differ in their seeds. */
export interface RunsRow {
  readonly name: string
  readonly runs: readonly MeasuredRun[]
}

/** The rows with the runs that were made. */
export const answered = (rows: readonly AskedRow[], runs: readonly MeasuredRun[]): RunsRow[] =>
  rows.map(({ name, questions }) => ({ name, runs: questions.flatMap((question) => answerTo(runs, question) ?? []) }))

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length

const spread = (values: readonly number[]): string => {
  const { mean, std } = overSeeds((run) => values[run] as number, values.length)
  return values.length < 2 ? mean.toFixed(4) : `${mean.toFixed(4)} ± ${std.toFixed(4)}`
}

const cells = ({ name, runs }: RunsRow, first: number): string[] => {
  const plain = runs.map(({ accuracy }) => accuracy)
  const views = runs.flatMap(({ viewsAccuracy }) => viewsAccuracy ?? [])
  const diverged = runs.filter(({ status }) => status === 'diverged').length
  const times = runs.flatMap(({ seconds }) => seconds ?? [])
  const points = 100 * (mean(plain) - first)
  return [
    name,
    `${runs.length}${diverged > 0 ? `, ${diverged} diverged` : ''}`,
    spread(plain),
    Math.min(...plain).toFixed(4),
    `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(2)}`,
    views.length === runs.length ? spread(views) : '–',
    times.length > 0 ? (mean(times) / 60).toFixed(1) : '–',
  ]
}

/** A Markdown table; rows without runs are left out, and points are counted from the first row. */
export const runsTable = (rows: readonly RunsRow[], on: Question['on']): string => {
  const made = rows.filter(({ runs }) => runs.length > 0)
  const first = mean((made[0]?.runs ?? []).map(({ accuracy }) => accuracy))
  const head = ['', 'runs', `${on} accuracy`, 'lowest', 'points', 'with views', 'minutes']
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`
  return [
    line(head),
    line(['---', ...head.slice(1).map(() => '---:')]),
    ...made.map((row) => line(cells(row, first))),
  ].join('\n')
}
