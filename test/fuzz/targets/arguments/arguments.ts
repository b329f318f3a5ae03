import { mkdirSync, rmSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import * as api from '../../../../src/index.ts'
import { plain, type Read, type Target } from '../../target.ts'
import { entries } from './entries.ts'
import { CALLERS_OWN, hostile } from './hostile.ts'
import type { Row } from './row.ts'

const rows = Object.values(entries).flatMap(([, each]) => each)

const NO_ROOM = /takes .* bytes, which cannot be had/
const OURS = /^(Shape|Argument|Option|Data|Format|Sweep|Checkpoint|Report)?Error$/

// What engines say of code that did not look at what it was given, also where an error of ours wraps it.
const INSIDE = /is not (a function|iterable|defined)|Cannot (read|set|convert|destructure|mix)/

/** Errors that say what to do; one of a getter or a callback is its owner's. */
const isReadable = (error: unknown): error is Error =>
  error instanceof Error &&
  // A cause stands in parentheses, behind what is ours.
  !INSIDE.test(error.message.replace(/\(.*\)/, '')) &&
  ((OURS.test(error.name) && error.message.length > 10) ||
    NO_ROOM.test(error.message) ||
    CALLERS_OWN.test(error.message))

type Next = () => number

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value))

/** Something hostile in place of an argument, or of something in it. */
const spoilt = (good: unknown, next: Next): unknown => {
  const inside = isPlain(good) ? Object.keys(good) : []
  const choice = next()
  if (inside.length === 0 || choice % 2 === 0) return (hostile[next() % hostile.length] as () => unknown)()
  const name = inside[(choice >> 1) % inside.length] as string
  const copy = (Array.isArray(good) ? [...good] : { ...(good as object) }) as Record<string, unknown>
  copy[name] = spoilt(copy[name], next)
  return copy
}

/** Tensors whose data do not fit their shape, wherever they are in what a call gave. */
const misshapen = (value: unknown, depth = 0): boolean => {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || depth > 4) return false
  const { shape, data } = value as api.Tensor
  if (Array.isArray(shape) && ArrayBuffer.isView(data)) {
    return shape.reduce((size, d) => size * d, 1) !== data.length
  }
  return isPlain(value) && Object.values(value).some((each) => misshapen(each, depth + 1))
}

/** A task is run, a promise is waited for. */
const settled = async (result: unknown): Promise<unknown> => {
  const value = await result
  return typeof value === 'function' && value.length === 0 ? await value() : value
}

const readable = ({ name }: Row, error: unknown): Read => {
  if (isReadable(error)) return E.left(error)
  throw new Error(`${name}: ${String(error)}`, { cause: error })
}

const call = async (row: Row, values: readonly unknown[]): Promise<Read> => {
  try {
    const result = await settled((row.call as (...values: readonly unknown[]) => unknown)(...values))
    if (misshapen(result)) throw new Error(`${row.name} gave a tensor whose data do not fit its shape`)
    const { _tag, left } = (typeof result === 'object' && result !== null ? result : {}) as {
      _tag?: string
      left?: unknown
    }
    return _tag === 'Left' ? readable(row, left) : E.right(result)
  } catch (error) {
    return readable(row, error)
  }
}

const FOLDER = 'input.folder'

/** The call that bytes stand for: which function, and which arguments are hostile. */
const read = async (bytes: Uint8Array): Promise<Read> => {
  let at = 0
  const next = (): number => bytes[at++] ?? 0
  const row = rows[(256 * next() + next()) % rows.length] as Row
  // One argument is surely hostile, or none.
  const sure = next() % (row.given.length + 1)
  const values = row.given.map((good, i) => (i === sure || next() % 8 === 7 ? spoilt(good(), next) : good()))
  const [before, home] = [api.backend().name, process.cwd()]
  mkdirSync(FOLDER, { recursive: true })
  process.chdir(FOLDER)
  try {
    return await call(row, values)
  } finally {
    process.chdir(home)
    rmSync(FOLDER, { recursive: true, force: true })
    api.useBackend(before)
  }
}

const drawn: Target['hostile'][string] = (draw) => draw.bytes(24)

export const argumentsTarget: Target = {
  name: 'arguments',
  seeds: rows.map(({ given }, row) => new Uint8Array([row >> 8, row & 255, given.length, 0, 0, 0])),
  read,
  hostile: { call: drawn, same: drawn, again: drawn },
  justified: (size) => plain(size) + 2 ** 27,
}
