import { fileLog } from './fileLog.ts'
import type { Log, Logged, LogOptions } from './log.ts'
import { checkLog } from './logArguments.ts'

/** What scores are called: Acc of accuracy, as in cs231n, and where a former event has no name; else e.g. R2. */
const suffixOf = (scoreName: unknown): string =>
  typeof scoreName !== 'string' || scoreName === 'accuracy'
    ? 'Acc'
    : scoreName.charAt(0).toUpperCase() + scoreName.slice(1)

const fieldsOf = (event: Logged): Readonly<Record<string, unknown>> => {
  if (event._tag === 'Done') {
    const { status, steps, backend, best, scoreName } = event.result
    const found = best === undefined ? {} : { bestEpoch: best.epoch, [`bestVal${suffixOf(scoreName)}`]: best.valScore }
    return { tag: 'Done', status, steps, backend, ...found }
  }
  const { _tag, step, epoch, loss, learningRate } = event
  const fields = { tag: _tag, step, epoch, loss, learningRate }
  if (_tag === 'Step') return fields
  const { scoreName, trainScore, valScore, improved } = event
  const suffix = suffixOf(scoreName)
  const scores = { ...fields, [`train${suffix}`]: trainScore }
  return valScore === undefined ? scores : { ...scores, [`val${suffix}`]: valScore, improved }
}

const utf8 = new TextEncoder()

const isWritable = (value: unknown): boolean => typeof value !== 'number' || Number.isFinite(value)

/**
 * An event as one line of JSON; numbers that JSON has no word for are null, and `notFinite` says what they were.
 *
 * @param time  in seconds since 1970
 */
export const jsonLine = (event: Logged, time: number): string => {
  if (event._tag === 'Step' && [event.step, event.epoch, event.loss, event.learningRate].every(Number.isFinite)) {
    // Nearly all lines; half the time of JSON.stringify.
    const { step, epoch, loss, learningRate } = event
    return `{"tag":"Step","step":${step},"epoch":${epoch},"loss":${loss},"learningRate":${learningRate},"time":${time}}\n`
  }
  const fields = { ...fieldsOf(event), time }
  const odd = Object.entries(fields).filter(([, value]) => !isWritable(value))
  const named = Object.fromEntries(odd.map(([name, value]) => [name, String(value)]))
  // JSON.stringify writes null for NaN and infinities.
  return `${JSON.stringify(odd.length === 0 ? fields : { ...fields, notFinite: named })}\n`
}

/**
 * A log with one line of JSON an event: tag, step, epoch, loss, learningRate, scores (trainAcc, valAcc, or e.g. trainR2), time (seconds since 1970)
 *
 * Lines are written after each epoch and at the end, to a new file. When they cannot be written, `onError` is told once, `close`
 * gives the left, and the training goes on. A number that is not finite is null, and the line's `notFinite` names it.
 *
 * @param path     of the file; one that is there is replaced when the first event comes, unless `append`
 * @param options  `onError`, which is told the first thing that cannot be written; `append: true` goes on with the file
 * @returns        `see` for each event, `close` after the last
 * @throws         ArgumentError when the path is no text or empty, OptionError for an option that does not fit
 * @example        jsonlLog('run.jsonl').close()   // right(undefined)
 * @see            https://jsonlines.org
 */
export const jsonlLog = (path: string, options: LogOptions = {}): Log =>
  fileLog(
    path,
    (event, out, at) => at + utf8.encodeInto(jsonLine(event, Date.now() / 1000), out.subarray(at)).written,
    checkLog('jsonlLog', 'path', path, options),
  )
