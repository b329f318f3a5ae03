import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import leven from 'leven'
import { ArgumentError, OptionError } from './errors.ts'

/** What an option must be, in words and as a test. */
export interface Requirement {
  readonly expected: string
  readonly holds: (value: unknown) => boolean
}

const requirement = (expected: string, holds: (value: unknown) => boolean): Requirement => ({ expected, holds })

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

export const positive = requirement('a number > 0', (v) => isNumber(v) && v > 0)
export const nonNegative = requirement('a number ≥ 0', (v) => isNumber(v) && v >= 0)
export const positiveInteger = requirement('an integer ≥ 1', (v) => Number.isSafeInteger(v) && (v as number) >= 1)
export const naturalNumber = requirement('an integer ≥ 0', (v) => Number.isSafeInteger(v) && (v as number) >= 0)
export const probability = requirement('a number in (0, 1]', (v) => isNumber(v) && v > 0 && v <= 1)
export const fraction = requirement('a number in [0, 1)', (v) => isNumber(v) && v >= 0 && v < 1)
export const boolean = requirement('true or false', (v) => typeof v === 'boolean')
export const isFunction = requirement('a function', (v) => typeof v === 'function')
export const abortSignal = requirement(
  'an AbortSignal, e.g. new AbortController().signal',
  (v) => v instanceof AbortSignal,
)
export const anything = requirement('anything', () => true)

export const oneOf = (names: readonly string[]): Requirement =>
  requirement(`one of ${names.map((n) => `'${n}'`).join(', ')}`, (v) => names.includes(v as string))

export const listOf = (each: Requirement): Requirement =>
  requirement(`a list, each ${each.expected}`, (v) => Array.isArray(v) && v.every(each.holds))

export const either = (a: Requirement, b: Requirement): Requirement =>
  requirement(`${a.expected} or ${b.expected}`, (v) => a.holds(v) || b.holds(v))

/** The known name that is nearest to a misspelt one, if one is near at all. */
export const nearest = (name: string, known: readonly string[]): string | undefined => {
  const distance = (other: string): number => leven(name.toLowerCase(), other.toLowerCase())
  const best = [...known].sort((a, b) => distance(a) - distance(b))[0]
  return best !== undefined && distance(best) <= Math.max(2, Math.floor(best.length / 3)) ? best : undefined
}

const suggestion = (name: string, known: readonly string[]): string => {
  const near = nearest(name, known)
  return near === undefined ? `known are ${known.join(', ')}` : `did you mean '${near}'?`
}

/** A text that may come from a file, so that it cannot steer a terminal. */
const quoted = (text: string): string =>
  `'${text.replace(/\p{Cc}/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}'`

/** The message for the first key that is not known, or undefined when all are. */
export const unknownKey = (where: string, options: object, known: readonly string[]): string | undefined => {
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  return unknown === undefined
    ? undefined
    : `${where}: unknown option ${quoted(unknown)}; ${suggestion(unknown, known)}`
}

const show = (value: unknown): string => {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'function') return 'a function'
  return Array.isArray(value) ? `[${value.map(show).join(', ')}]` : String(value)
}

/**
 * The options, if each has a known name and a fitting value; absent ones are not checked.
 *
 * @param where         the function's name, for the message
 * @param requirements  one for each known option
 * @param required      those that may not be absent
 * @returns             left(OptionError) for the first that does not fit; a misspelt name comes with the nearest known one
 */
export const checkOptions = <O extends object>(
  where: string,
  options: O,
  requirements: { readonly [K in keyof O]-?: Requirement },
  required: readonly (keyof O)[] = [],
): E.Either<OptionError, O> => {
  if (typeof options !== 'object' || options === null) {
    return E.left(new OptionError(`${where}: options are an object, but got ${show(options)}`))
  }
  const unknown = unknownKey(where, options, Object.keys(requirements))
  if (unknown !== undefined) return E.left(new OptionError(unknown))
  for (const name of Object.keys(requirements) as (keyof O & string)[]) {
    const value = options[name]
    if ((value === undefined && !required.includes(name)) || requirements[name].holds(value)) continue
    const near =
      typeof value === 'string'
        ? nearest(
            value,
            [...requirements[name].expected.matchAll(/'([^']+)'/g)].map((m) => m[1] as string),
          )
        : undefined
    const hint = near === undefined ? '' : `; did you mean '${near}'?`
    return E.left(
      new OptionError(`${where}: ${name} must be ${requirements[name].expected}, but got ${show(value)}${hint}`),
    )
  }
  return E.right(options)
}

/** Throws an ArgumentError for an argument that does not fit. */
export const checkArgument = (where: string, name: string, value: unknown, { expected, holds }: Requirement): void => {
  if (!holds(value)) throw new ArgumentError(`${where}: ${name} must be ${expected}, but got ${show(value)}`)
}

const rightOf = <A>(result: E.Either<Error, A>): A => {
  if (E.isLeft(result)) throw result.left
  return result.right
}

/**
 * The right value; throws the left one. For scripts and for who does not use fp-ts. Of a task the promise of it: `await orThrow(loadMnist())`.
 *
 * @throws  the error of a left
 * @example orThrow(E.right(1))   // 1
 */
export function orThrow<A>(task: TaskEither<Error, A>): Promise<A>
export function orThrow<A>(result: E.Either<Error, A>): A
export function orThrow<A>(given: TaskEither<Error, A> | E.Either<Error, A>): A | Promise<A> {
  return typeof given === 'function' ? given().then(rightOf) : rightOf(given)
}
