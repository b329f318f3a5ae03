import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import leven from 'leven'
import { ArgumentError, OptionError } from './errors.ts'
import { isRecord } from './isRecord.ts'
import { quoted, shown } from './shown.ts'

/** What an option must be, in words and as a test; T is the type of what passes. */
export interface Requirement<T = unknown> {
  /** In words, e.g. 'a number > 0'. */
  readonly expected: string
  /** Whether a value is that. */
  readonly holds: (value: unknown) => boolean
  /** Only the compiler sees it. */
  readonly type?: T
}

/** A requirement by its words and its test. */
export const requirement = <T>(expected: string, holds: (value: unknown) => boolean): Requirement<T> => ({
  expected,
  holds,
})

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

export const finite = requirement<number>('a finite number', isNumber)
export const positive = requirement<number>('a number > 0', (v) => isNumber(v) && v > 0)
export const nonNegative = requirement<number>('a number ≥ 0', (v) => isNumber(v) && v >= 0)
export const positiveInteger = requirement<number>(
  'an integer ≥ 1',
  (v) => Number.isSafeInteger(v) && (v as number) >= 1,
)
export const naturalNumber = requirement<number>('an integer ≥ 0', (v) => Number.isSafeInteger(v) && (v as number) >= 0)
export const probability = requirement<number>('a number in (0, 1]', (v) => isNumber(v) && v > 0 && v <= 1)
export const fraction = requirement<number>('a number in [0, 1)', (v) => isNumber(v) && v >= 0 && v < 1)
export const boolean = requirement<boolean>('true or false', (v) => typeof v === 'boolean')
export const text = requirement<string>('a text that is not empty', (v) => typeof v === 'string' && v !== '')
export const anything = requirement<unknown>('anything', () => true)
export const isNull = requirement<null>('null', (v) => v === null)

/** What is used of an AbortSignal; named here for those who compile without the types of node or the DOM. */
export interface StopSignal {
  /** Whether it is time to stop. */
  readonly aborted: boolean
  /** Calls the listener when it is. */
  addEventListener(type: 'abort', listener: () => void): void
  /** Calls it no more. */
  removeEventListener(type: 'abort', listener: () => void): void
}

export const abortSignal = requirement<StopSignal>(
  'an AbortSignal, e.g. new AbortController().signal',
  (v) => v instanceof AbortSignal,
)

/** A function of this type, as far as can be told. */
export const functionOf = <F extends (...given: never[]) => unknown>(): Requirement<F> =>
  requirement('a function', (v) => typeof v === 'function')

export const oneOf = <const N extends string>(names: readonly N[]): Requirement<N> =>
  requirement(`one of ${names.map((n) => `'${n}'`).join(', ')}`, (v) => names.includes(v as N))

/** Whether it is a list of such values. A place with nothing in it, which `every` passes over, holds undefined. */
export const isListOf = <T>(value: unknown, holds: (each: unknown) => boolean): value is readonly T[] =>
  Array.isArray(value) && value.findIndex((each) => !holds(each)) < 0

export const listOf = <T>(each: Requirement<T>): Requirement<readonly T[]> =>
  requirement(`a list, each ${each.expected}`, (v) => isListOf(v, each.holds))

export const either = <A, B>(a: Requirement<A>, b: Requirement<B>): Requirement<A | B> =>
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

/** The message for the first key that is not known, or undefined when all are. */
export const unknownKey = (where: string, options: object, known: readonly string[]): string | undefined => {
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  return unknown === undefined
    ? undefined
    : `${where}: unknown option ${quoted(unknown)}; ${suggestion(unknown, known)}`
}

/** A requirement of an option that has a value also where none is given. */
export type Defaulted<T> = Requirement<T> & { readonly fallback: T }

export const withDefault = <T>(fallback: NoInfer<T>, given: Requirement<T>): Defaulted<T> => ({ ...given, fallback })

/** A requirement of an option that must be given; the remedy says how. */
export type Needed<T> = Requirement<T> & { readonly remedy: string }

export const required = <T>(given: Requirement<T>, remedy = `give ${given.expected}`): Needed<T> => ({
  ...given,
  remedy,
})

/** The options of a function: what each must be, and its default if it has one. */
export type Declaration = Readonly<Record<string, Requirement>>

type TypeOf<R> = R extends Requirement<infer T> ? T : never
type NamesOf<D, Kind> = { [K in keyof D]: D[K] extends Kind ? K : never }[keyof D]

/** Options as a caller gives them. */
export type Given<D extends Declaration> = {
  readonly [K in keyof D as K extends NamesOf<D, { readonly remedy: string }> ? K : never]: TypeOf<D[K]>
} & {
  readonly [K in keyof D as K extends NamesOf<D, { readonly remedy: string }> ? never : K]?: TypeOf<D[K]> | undefined
}

/** Options after they were checked: defaults are filled in. */
export type Resolved<D extends Declaration> = {
  readonly [K in keyof D as K extends NamesOf<D, { readonly remedy: string } | { readonly fallback: unknown }>
    ? K
    : never]: TypeOf<D[K]>
} & {
  readonly [K in keyof D as K extends NamesOf<D, { readonly remedy: string } | { readonly fallback: unknown }>
    ? never
    : K]?: TypeOf<D[K]> | undefined
}

/** The message for the first option that is not known, does not fit or is missing; undefined when there is none. */
const faultOf = (where: string, options: unknown, declaration: Declaration): string | undefined => {
  if (!isRecord(options)) return `${where}: options are an object, but got ${shown(options)}`
  const given = options as Record<string, unknown>
  const misfit = ([name, { expected, holds }]: [string, Requirement]): string | undefined => {
    const value = given[name]
    if (value === undefined || holds(value)) return undefined
    const words = [...expected.matchAll(/'([^']+)'/g)].map(([, word]) => word as string)
    const near = typeof value === 'string' ? nearest(value, words) : undefined
    const hint = near === undefined ? '' : `; did you mean '${near}'?`
    return `${where}: ${name} must be ${expected}, but got ${shown(value)}${hint}`
  }
  const absent = ([name, needed]: [string, Requirement]): string | undefined =>
    'remedy' in needed && given[name] === undefined ? `${where}: ${name} is missing; ${needed.remedy}` : undefined
  const entries = Object.entries(declaration)
  return (
    unknownKey(where, options, Object.keys(declaration)) ??
    entries.map(misfit).find(Boolean) ??
    entries.map(absent).find(Boolean)
  )
}

const filled = (options: object, declaration: Declaration): Record<string, unknown> => {
  const resolved: Record<string, unknown> = {}
  for (const [name, given] of Object.entries(declaration)) {
    const own = (options as Record<string, unknown>)[name]
    const value = own === undefined && 'fallback' in given ? given.fallback : own
    // A list that its owner changes later stays what it was here.
    if (value !== undefined) resolved[name] = Array.isArray(value) ? [...value] : value
  }
  return resolved
}

/**
 * The options with the defaults in place of what is not given, if each has a known name and a fitting value and none is missing
 *
 * @param where        the function's name, for the message
 * @param declaration  its options
 * @returns            left(OptionError) for the first that does not fit; a misspelt name comes with the nearest known one
 */
export const resolveOptions = <D extends Declaration>(
  where: string,
  options: Given<D>,
  declaration: D,
): E.Either<OptionError, Resolved<D>> => {
  const fault = faultOf(where, options, declaration)
  return fault === undefined ? E.right(filled(options, declaration) as Resolved<D>) : E.left(new OptionError(fault))
}

/** `resolveOptions` for what throws: an ArgumentError that names the first option that does not fit. */
export const completed = <D extends Declaration>(where: string, options: Given<D>, declaration: D): Resolved<D> => {
  const resolved = resolveOptions(where, options, declaration)
  if (E.isLeft(resolved)) throw new ArgumentError(resolved.left.message)
  return resolved.right
}

/** Throws an ArgumentError for an argument that does not fit. */
export const checkArgument = (where: string, name: string, value: unknown, { expected, holds }: Requirement): void => {
  if (!holds(value)) throw new ArgumentError(`${where}: ${name} must be ${expected}, but got ${shown(value)}`)
}

const rightOf = <A>(result: E.Either<Error, A>): A => {
  if (!isRecord(result) || !('left' in result || 'right' in result)) {
    throw new ArgumentError(`orThrow: an Either or a TaskEither is expected, but got ${shown(result)}`)
  }
  if (E.isRight(result)) return result.right
  // Lefts of others may be texts.
  throw result.left instanceof Error
    ? result.left
    : new ArgumentError(`orThrow: the left holds ${shown(result.left)}`, { cause: result.left })
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
  return typeof given === 'function' ? Promise.resolve(given()).then(rightOf) : rightOf(given)
}
