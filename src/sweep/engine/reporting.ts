import { quoted, shown } from '../../errors/index.ts'
import { RESERVED } from '../journal/view.ts'
import { type Json, type RunningTrial, TrialDiverged, TrialPruned } from '../objective.ts'
import type { Study } from '../sweep.ts'
import type { Trial } from '../trial.ts'
import type { Log } from './history.ts'

/** Hears at once what a trial reports and notes; where it throws `Interrupted`, the trial stops. */
export interface Listener {
  /** A value on the way. */
  readonly reported: (step: number, value: number) => void
  /** Something else for the table. */
  readonly noted: (name: string, value: Json) => void
  /** A sign of life, where there is nothing to tell. */
  readonly alive: () => void
}

/** What decides about reports, and who hears of them. */
interface ReportContext {
  readonly study: Study
  readonly job: { readonly number: number }
  /** What the pruner may look at. */
  readonly seen: readonly Trial[]
  readonly listener: Listener
}

// Characters; a longer note has no place in a table.
const LONGEST_NOTE = 2 ** 16
const LONGEST_NOTES = 2 ** 20

// Of one run of a trial: its result has them all on one line of the journal.
const MOST_REPORTS = 2 ** 17

const asJson = (name: string, value: Json): { readonly json: Json; readonly characters: number } => {
  if (typeof name !== 'string') throw new TypeError(`trial.note: name must be a text, but got ${shown(name)}`)
  if (name.startsWith(RESERVED)) throw new TypeError(`trial.note: names that begin with ${RESERVED} are taken`)
  const text = JSON.stringify(value)
  if (text === undefined)
    throw new TypeError(
      `trial.note: ${quoted(name)} must be a value that JSON can hold, but got ${shown(value)}; write e.g. a text`,
    )
  if (name.length + text.length > LONGEST_NOTE) {
    throw new RangeError(
      `trial.note: a note has at most ${LONGEST_NOTE} characters, but got ${text.length}; write a file`,
    )
  }
  return { json: JSON.parse(text) as Json, characters: name.length + text.length }
}

const checkStep = (step: number): void => {
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new TypeError(`trial.report: step must be an integer ≥ 0, but got ${shown(step)}`)
  }
}

/** `report` and `note` for one run, and the exception with which one of them has ended that run. */
export const reporting = ({ study, job, seen, listener }: ReportContext, repeat: number, log: Log) => {
  let stop: unknown
  let isOver = false
  /** What cannot be kept, e.g. since the disk is full, ends the run whatever the objective makes of it. */
  const kept = (keep: () => void): void => {
    try {
      keep()
    } catch (reason) {
      stop = reason
      throw reason
    }
  }
  let reports = 0
  const report: RunningTrial['report'] = (step, value) => {
    if (isOver) return
    checkStep(step)
    if (Math.max(++reports, log.reported.length) > MOST_REPORTS) {
      throw new RangeError(`trial.report: a trial has at most ${MOST_REPORTS} reports; report every so many steps`)
    }
    if (!Number.isFinite(value)) {
      stop = new TrialDiverged(`${String(value)} was reported at step ${step}`)
      throw stop
    }
    kept(() => log.report(step, value))
    if (repeat > 0) return listener.alive()
    listener.reported(step, value)
    const view = { direction: study.direction, number: job.number, reported: log.reported, seen }
    const reason = study.pruner.prune(view)
    if (reason === undefined) return
    stop = new TrialPruned(reason)
    throw stop
  }
  const lengths = new Map<string, number>()
  let length = 0
  const note: RunningTrial['note'] = (name, value) => {
    if (isOver) return
    const { json, characters } = asJson(name, value)
    const all = length - (lengths.get(name) ?? 0) + characters
    if (all > LONGEST_NOTES) {
      throw new RangeError(`trial.note: the notes of a trial have at most ${LONGEST_NOTES} characters; write a file`)
    }
    lengths.set(name, characters)
    length = all
    kept(() => log.note(name, json))
    listener.noted(name, json)
  }
  const end = (): void => {
    isOver = true
  }
  return { report, note, end, stopped: () => stop }
}
