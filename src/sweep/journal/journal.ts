import { SweepError } from '../errors.ts'
import type { Records, TrialResult } from '../records.ts'
import type { Space } from '../space/index.ts'
import { isFinal, type Trial } from '../trial.ts'
import type { Appender } from './appender.ts'
import { createLine } from './createLine.ts'
import { COMPLETE, FAIL, type Numeric, type Operation, PRUNED, RUNNING, WAITING } from './operation.ts'
import { REPORTED, type Replay, type Row } from './replay.ts'
import { isoTime } from './time.ts'
import { fitsSpace, OUTCOME, RESERVED, trialOf } from './view.ts'

/**
 * A study's trials, and the file that has them. Each method appends whole lines, each with one call of the system; where a line cannot
 * be written it throws a SweepError and nothing has changed.
 *
 * What is written survives the death of the process at once; a final result survives a power failure from the next flush on, which
 * begins at once and is not waited for. A trial whose result is lost that way runs again, with the same parameters and seed.
 */
export interface Journal extends Records {
  /** What was found and put right when it was opened, a line each. */
  readonly warnings: readonly string[]
  /** NaN and infinities are kept as well, in an attribute, since JSON has no such numbers. */
  report(number: number, step: number, value: number): void
  /** @param value  anything that JSON can hold; NaN and infinities become texts */
  note(number: number, name: string, value: unknown): void
  /** A line of the journal that changes nothing: an attribute, which Optuna and we ignore where the trial has its result. */
  remark(number: number, name: string, value: unknown): void
  /** Lets others open the journal. */
  close(): void
}

const optunaState: Readonly<Record<TrialResult['state'], number>> = {
  complete: COMPLETE,
  pruned: PRUNED,
  diverged: FAIL,
  failed: FAIL,
}

const plain = (value: unknown): unknown => {
  const text = JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'number' && !Number.isFinite(inner) ? String(inner) : inner,
  )
  if (text === undefined) throw new TypeError('expected what JSON can hold')
  return JSON.parse(text)
}

const numeric = (value: number): Numeric => (Number.isFinite(value) ? value : (String(value) as Numeric))

/** Where a number is, or belongs, in trials in order of number. */
const placeOf = (trials: readonly Trial[], number: number): number => {
  let [low, high] = [0, trials.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((trials[middle] as Trial).number < number) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The methods over a journal that was read and repaired.
 *
 * @param numbered  the study's trials by number
 */
export const journalOf = (
  { study, space }: { readonly study: number; readonly space: Space },
  state: Replay,
  numbered: Map<number, Row>,
  file: Appender,
  warnings: readonly string[],
  release: () => void,
): Journal => {
  const trials = [...numbered].sort(([a], [b]) => a - b).map(([number, row]) => trialOf(row, number))

  /** Takes our line, and of others only what moves ids: the rest is seen when the journal is opened again. */
  const write = (operation: Operation): Row | undefined => {
    let mine: Row | undefined
    for (const appended of file.append(operation)) {
      const row = appended.mine || [0, 1, 4].includes(appended.operation.op_code) ? state.apply(appended) : undefined
      if (appended.mine) mine = row
    }
    return mine
  }

  const show = (number: number, row: Row): void => {
    const place = placeOf(trials, number)
    trials.splice(place, trials[place]?.number === number ? 1 : 0, trialOf(row, number))
  }

  const rowOf = (number: number, what: string): Row => {
    const row = numbered.get(number)
    if (row === undefined) throw new RangeError(`journal.${what}: there is no trial ${number}`)
    const trial = trials[placeOf(trials, number)]
    if (trial !== undefined && isFinal(trial)) {
      throw new RangeError(`journal.${what}: trial ${number} has its result already: ${trial.state}`)
    }
    return row
  }

  const change = (number: number, row: Row, operation: Operation): void => {
    write(operation)
    show(number, row)
  }

  const attribute = (row: Row, name: string, value: unknown): void =>
    void write({ op_code: 8, trial_id: row.id, user_attr: { [name]: value } })

  return {
    trials,
    warnings,
    create(number, params) {
      if (numbered.has(number)) throw new RangeError(`journal.create: there is a trial ${number} already`)
      if (!fitsSpace(space, new Map(Object.entries(params)))) {
        throw new RangeError(`journal.create: not parameters of the space: ${JSON.stringify(params)}`)
      }
      const row = write(createLine(space, study, params, { trial: state.rows.length, number }))
      if (row === undefined) throw new SweepError('journal.create: the study was removed by another program')
      numbered.set(number, row)
      show(number, row)
    },
    begin(number) {
      const row = rowOf(number, 'begin')
      const datetime_start = isoTime(Date.now())
      change(number, row, { op_code: 6, trial_id: row.id, state: RUNNING, values: null, datetime_start })
    },
    report(number, step, value) {
      const row = rowOf(number, 'report')
      if (!Number.isSafeInteger(step)) throw new RangeError(`journal.report: step must be an integer, but is ${step}`)
      if (!Number.isFinite(value)) return attribute(row, `${REPORTED}${step}`, String(value))
      write({ op_code: 7, trial_id: row.id, step, intermediate_value: value })
    },
    note(number, name, value) {
      const row = rowOf(number, 'note')
      if (name.startsWith(RESERVED)) throw new RangeError(`journal.note: names that begin with ${RESERVED} are taken`)
      attribute(row, name, plain(value))
    },
    end(number, { state: final, value, reason }) {
      const row = rowOf(number, 'end')
      if (value !== undefined && !Number.isFinite(value)) {
        throw new RangeError(
          `journal.end: trial ${number} has the value ${value}; its state is 'diverged', without one`,
        )
      }
      if (final === 'complete' && value === undefined) {
        throw new RangeError(`journal.end: trial ${number} is complete, but has no value`)
      }
      // Before the result, since Optuna takes nothing for a trial that has one.
      if (final !== 'complete') attribute(row, OUTCOME, { state: final, reason: reason ?? '' })
      change(number, row, {
        op_code: 6,
        trial_id: row.id,
        state: optunaState[final],
        values: value === undefined || optunaState[final] === FAIL ? null : [value],
        datetime_complete: isoTime(Date.now()),
        cachegrad: {
          number,
          params: Object.fromEntries(row.params),
          reported: [...row.reported].map(([step, reported]) => [step, numeric(reported)] as const),
          attributes: Object.fromEntries(row.attributes),
        },
      })
      file.flush()
    },
    remark(number, name, value) {
      const trial_id = numbered.get(number)?.id
      if (trial_id === undefined) throw new RangeError(`journal.remark: there is no trial ${number}`)
      write({ op_code: 8, trial_id, user_attr: { [`${RESERVED}${name}`]: plain(value) } })
    },
    toWaiting(number) {
      const row = rowOf(number, 'toWaiting')
      change(number, row, { op_code: 6, trial_id: row.id, state: WAITING, values: null })
    },
    close() {
      try {
        file.close()
      } finally {
        release()
      }
    },
  }
}
