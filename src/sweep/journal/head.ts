import * as E from 'fp-ts/lib/Either.js'
import { checkSpace, type Space } from '../space/index.ts'
import type { Direction } from '../trial.ts'
import { isRecord } from './operation.ts'

/** What makes a study the same study: with another one of these its trials would be others. */
export interface Head {
  readonly name: string
  readonly direction: Direction
  readonly space: Space
  /** As `Sampler.description` and `Pruner.description` give them. */
  readonly sampler: string
  readonly pruner: string
  readonly seed: number
  /** How often each trial's parameters are tried. */
  readonly repeats?: number
}

/** The study's user attribute that holds its head. */
export const HEAD = 'cachegrad:study'

/** JSON with the keys of each object in order; no JSON for what is nested too deeply to be ours. */
export const canonical = (value: unknown): string => {
  const ordered = (_: string, inner: unknown): unknown =>
    isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner
  try {
    return JSON.stringify(value, ordered) ?? 'nothing'
  } catch (error) {
    // The stack's end.
    if (error instanceof RangeError) return 'nested too deeply'
    throw error
  }
}

const show = (value: unknown): string => {
  const text = canonical(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

/** What the journal records. The parameters are a list, since JSON objects promise no order. */
export const recordOf = ({ name, direction, space, sampler, pruner, seed, repeats = 1 }: Head): object => ({
  name,
  direction,
  space: Object.entries(space),
  sampler,
  pruner,
  seed,
  repeats,
})

const entriesOf = (value: unknown): ReadonlyMap<string, unknown> =>
  new Map(
    Array.isArray(value)
      ? value.filter((e): e is [string, unknown] => Array.isArray(e) && typeof e[0] === 'string')
      : [],
  )

const spaceDifference = (before: unknown, now: Space): string | undefined => {
  const old = entriesOf(before)
  const names = Object.keys(now)
  const added = names.find((name) => !old.has(name))
  if (added !== undefined) return `it had no parameter '${added}'`
  const gone = [...old.keys()].find((name) => !Object.hasOwn(now, name))
  if (gone !== undefined) return `its parameter ${show(gone)} is gone`
  const changed = names.find((name) => canonical(old.get(name)) !== canonical(now[name]))
  if (changed !== undefined) {
    return `its parameter '${changed}' was ${show(old.get(changed))}, but is ${show(now[changed])}`
  }
  const order = [...old.keys()]
  return order.every((name, i) => name === names[i])
    ? undefined
    : `its parameters were in the order ${show(order)}, but are in ${show(names)}`
}

/** How a recorded head differs from the one that is asked for, in words; undefined where it does not. */
export const difference = (recorded: unknown, head: Head): string | undefined => {
  const before = isRecord(recorded) ? recorded : {}
  const now: Readonly<Record<string, unknown>> = { ...recordOf(head) }
  const changed = ['direction', 'sampler', 'pruner', 'seed', 'repeats'].find(
    (name) => canonical(before[name]) !== canonical(now[name]),
  )
  if (changed !== undefined) return `its ${changed} was ${show(before[changed])}, but is ${show(now[changed])}`
  return spaceDifference(before.space, head.space)
}

/** The space of a recorded head; undefined where it holds none. */
export const recordedSpace = (recorded: unknown): Space | undefined => {
  const entries = entriesOf(isRecord(recorded) ? recorded.space : undefined)
  const space = checkSpace(Object.fromEntries(entries) as Space)
  return E.isRight(space) ? space.right : undefined
}
