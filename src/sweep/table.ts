import { pipe } from 'fp-ts/lib/function.js'
import * as N from 'fp-ts/lib/number.js'
import * as Ord from 'fp-ts/lib/Ord.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import { checkArgument, listOf, text } from '../errors/index.ts'
import { aDirection, checkTrials } from './requirements.ts'
import type { Direction, Trial, TrialState } from './trial.ts'

const places: Readonly<Record<TrialState, number>> = {
  complete: 0,
  pruned: 1,
  diverged: 2,
  failed: 3,
  running: 4,
  waiting: 4,
}

/** How far one is from the best end of the line: lower is better. No number is the worst. */
const loss =
  (direction: Direction) =>
  ({ value = Number.NaN }: Trial): number => {
    const lower = direction === 'minimize' ? value : -value
    return Number.isNaN(lower) ? Number.POSITIVE_INFINITY : lower
  }

// Values that were reported after different numbers of steps cannot be compared.
const stepsTaken = ({ state, reported }: Trial): number =>
  state === 'pruned' ? (reported.at(-1)?.step ?? Number.NEGATIVE_INFINITY) : 0

const by = (measure: (trial: Trial) => number): Ord.Ord<Trial> => Ord.contramap(measure)(N.Ord)

/**
 * The trials from the best to the worst: complete ones by value, then pruned ones (those first that came further, then by value),
 * then diverged, failed, and unfinished ones; ties by number
 *
 * @param trials  in any order, which makes no difference
 * @returns       a new list of all of them
 * @example       const trial = { params: {}, reported: [], notes: {}, reason: undefined, attempts: 1, began: 0, ended: 1 }
 *                const values = [0.1, 0.3, 0.2].map((value, number) => ({ ...trial, number, value, state: 'complete' }))
 *                rank(values, 'maximize').map(({ number }) => number)   // [1, 2, 0]
 */
export const rank = (trials: readonly Trial[], direction: Direction): readonly Trial[] => {
  checkTrials('rank', trials)
  checkArgument('rank', 'direction', direction, aDirection)
  return pipe(
    trials,
    RA.sortBy([
      by(({ state }) => places[state]),
      Ord.reverse(by(stepsTaken)),
      by(loss(direction)),
      by(({ number }) => number),
    ]),
  )
}

/**
 * The complete trial with the best value, the first one of equals
 *
 * @returns  undefined while no trial is complete: what a pruned one last reported does not count
 * @example  best([], 'maximize')   // undefined
 */
export const best = (trials: readonly Trial[], direction: Direction): Trial | undefined => {
  checkTrials('best', trials)
  const complete = trials.filter(
    ({ state, value }) => state === 'complete' && value !== undefined && !Number.isNaN(value),
  )
  return rank(complete, direction)[0]
}

/** The names that the records have, in the order of their first appearance. */
const namesOf = (records: readonly Readonly<Record<string, unknown>>[]): readonly string[] => [
  ...new Set(records.flatMap((record) => Object.keys(record))),
]

const timeOf = (milliseconds: number | undefined): string | undefined =>
  typeof milliseconds !== 'number' || Number.isNaN(new Date(milliseconds).getTime())
    ? undefined
    : new Date(milliseconds).toISOString()

const secondsOf = ({ began, ended }: Trial): number | undefined =>
  began === undefined || ended === undefined ? undefined : (ended - began) / 1000

// JSON has no NaN and no infinities, and no large integers.
const plain = (_name: string, value: unknown): unknown =>
  typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value

// Absent is nothing at all, so an empty text has its quotation marks.
const cell = (value: unknown): string => {
  if (value === undefined) return ''
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value, plain) : String(value)
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * The trials as comma-separated values (RFC 4180, UTF-8): a line of names, then a line a trial, in the order that they are given
 *
 * Columns are number, state, value, a `params_…` for each parameter, a `notes_…` for each note, attempts, began and ended (ISO 8601),
 * seconds, reason. What a trial does not have is empty; an empty text is `""`; lists and records are JSON. Numbers are those that
 * read back the same.
 *
 * @param names  of the parameters, in the order of their columns, e.g. `Object.keys(space)`; else as they appear
 * @returns      lines that each end in CR LF
 * @example      toCsv([], ['rate'])   // 'number,state,value,params_rate,attempts,began,ended,seconds,reason\r\n'
 * @see          RFC 4180; the names of the columns are like those of Optuna's `trials_dataframe`
 */
export const toCsv = (trials: readonly Trial[], names?: readonly string[]): string => {
  checkTrials('toCsv', trials)
  if (names !== undefined) checkArgument('toCsv', 'names', names, listOf(text))
  const columns = names ?? namesOf(trials.map(({ params }) => params))
  const notes = namesOf(trials.map((trial) => trial.notes))
  const head = [
    ...['number', 'state', 'value'],
    ...columns.map((name) => `params_${name}`),
    ...notes.map((name) => `notes_${name}`),
    ...['attempts', 'began', 'ended', 'seconds', 'reason'],
  ]
  const rows = trials.map((trial) => [
    ...[trial.number, trial.state, trial.value],
    ...columns.map((name) => trial.params[name]),
    ...notes.map((name) => trial.notes[name]),
    ...[trial.attempts, timeOf(trial.began), timeOf(trial.ended), secondsOf(trial), trial.reason],
  ])
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

/**
 * The trials as a JSON list, a line each, in the order that they are given
 *
 * The fields are those of `Trial`, times in ISO 8601; what a trial does not have is left out. Numbers that JSON has not are texts:
 * "NaN", "Infinity", "-Infinity".
 *
 * @example toJson([])   // '[]\n'
 */
export const toJson = (trials: readonly Trial[]): string => {
  checkTrials('toJson', trials)
  const lines = trials.map((trial) =>
    JSON.stringify({ ...trial, began: timeOf(trial.began), ended: timeOf(trial.ended) }, plain),
  )
  return lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`
}
