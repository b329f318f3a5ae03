import { ArgumentError } from './errors.ts'
import { shown } from './shown.ts'

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

// JSON has no word for these numbers, and −0 would lose its sign.
const odd = (value: number): string | undefined =>
  Number.isFinite(value) && !Object.is(value, -0) ? undefined : Object.is(value, -0) ? '-0' : String(value)

// Of the metadata of a file, which anybody may have made; nothing that we write is deeper.
const DEEPEST = 32

/** The numbers that JSON cannot hold become `{ "number": "NaN" }` and the like; anything else but plain data throws a TypeError. */
export const toJson = (value: unknown, depth = 0): Json => {
  if (depth > DEEPEST) throw new TypeError(`it has more than ${DEEPEST} levels`)
  if (typeof value === 'number') {
    const word = odd(value)
    return word === undefined ? value : { number: word }
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (Array.isArray(value)) return value.map((each) => toJson(each, depth + 1))
  if (typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, toJson(each, depth + 1)]))
  }
  throw new TypeError(`it is ${typeof value === 'object' ? `a ${value.constructor?.name}` : `a ${typeof value}`}`)
}

const oddNumbers = ['NaN', 'Infinity', '-Infinity', '-0']

/** The inverse of `toJson`; throws a TypeError for what is too deep. */
export const fromJson = (json: Json, depth = 0): unknown => {
  if (depth > DEEPEST) throw new TypeError(`it has more than ${DEEPEST} levels`)
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map((each) => fromJson(each, depth + 1))
  const entries = Object.entries(json)
  const [first] = entries
  if (entries.length === 1 && first?.[0] === 'number' && oddNumbers.some((word) => word === first[1]))
    return Number(first[1])
  return Object.fromEntries(entries.map(([name, each]) => [name, fromJson(each, depth + 1)]))
}

/** One text for equal values, whatever the order of their names. Throws an ArgumentError for what is no JSON. */
export const canonical = (json: Json): string => {
  if (typeof json === 'bigint' || typeof json === 'symbol') {
    throw new ArgumentError(`${shown(json)} cannot be written down as JSON; give a number or a text`)
  }
  if (typeof json !== 'object' || json === null) return JSON.stringify(json)
  if (Array.isArray(json)) return `[${json.map(canonical).join(',')}]`
  const entries = Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(',')}}`
}
