import * as E from 'fp-ts/lib/Either.js'
import { ArgumentError, isRecord, type Resolved, shown } from '../../errors/index.ts'
import { closeSync, dirname, mkdirSync, openSync, writeFileSync } from '../../system/index.ts'
import { cannotWrite, type ReportError } from '../errors.ts'
import type { Log, Logged, logOptions } from './log.ts'

/** Writes into a buffer, from a place on, and gives the place after it. */
export type Encoder<A> = (value: A, out: Uint8Array, at: number) => number

const MOST_WAITING = 1 << 18 // bytes
const LONGEST = 1 << 14 // bytes of one event

/**
 * Appends events to a new file, many at a time. Writing is synchronous since training is: a run leaves no time between its steps in
 * which a promise could go on. A step takes 150 µs in a small net, so events are encoded straight into one buffer.
 *
 * @param encode   an event's bytes, at most 16 KB
 * @param opening  what the file begins with
 */
export const fileLog = (
  path: string,
  encode: Encoder<Logged>,
  { onError, append }: Resolved<typeof logOptions>,
  opening: (out: Uint8Array, at: number) => number = (_, at) => at,
): Log => {
  const waiting = new Uint8Array(MOST_WAITING + LONGEST)
  let size = opening(waiting, 0)
  let hasEvents = false
  let file: number | undefined
  let isBegun = append
  let failure: ReportError | undefined

  const open = (): number => {
    mkdirSync(dirname(path), { recursive: true })
    const opened = openSync(path, isBegun ? 'a' : 'w')
    isBegun = true
    return opened
  }
  const release = (): void => {
    const opened = file
    file = undefined
    if (opened !== undefined) closeSync(opened)
  }
  const attempt = (work: () => void): void => {
    if (failure !== undefined) return
    try {
      work()
    } catch (reason) {
      failure = cannotWrite(path, reason)
      // Nothing more is written; what closing says comes after what is told already.
      E.tryCatch(release, () => undefined)
      onError(failure)
    }
  }
  const flush = (): void =>
    attempt(() => {
      file ??= open()
      writeFileSync(file, waiting.subarray(0, size))
      size = 0
    })
  return {
    see: (event) => {
      if (!isRecord(event) || (event._tag === 'Done' && !isRecord(event.result))) {
        throw new ArgumentError(`see: an event is one of train's, but got ${shown(event)}`)
      }
      if (failure !== undefined || event._tag === 'Evaluation') return
      hasEvents = true
      size = encode(event, waiting, size)
      if (event._tag !== 'Step' || size >= MOST_WAITING) flush()
    },
    close: () => {
      if (hasEvents && size > 0) flush()
      hasEvents = false
      attempt(release)
      return failure === undefined ? E.right(undefined) : E.left(failure)
    },
  }
}
