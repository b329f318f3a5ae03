/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

// JSON has no word for these numbers, and −0 would lose its sign.
const odd = (value: number): string | undefined =>
  Number.isFinite(value) && !Object.is(value, -0) ? undefined : Object.is(value, -0) ? '-0' : String(value)

/** The numbers that JSON cannot hold become `{ "number": "NaN" }` and the like; anything else but plain data throws a TypeError. */
export const toJson = (value: unknown): Json => {
  if (typeof value === 'number') {
    const word = odd(value)
    return word === undefined ? value : { number: word }
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value === 'object' && (value.constructor === Object || value.constructor === undefined)) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, toJson(each)]))
  }
  throw new TypeError(`it is ${typeof value === 'object' ? `a ${value.constructor.name}` : `a ${typeof value}`}`)
}

const oddNumbers = ['NaN', 'Infinity', '-Infinity', '-0']

/** The inverse of `toJson`. */
export const fromJson = (json: Json): unknown => {
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map(fromJson)
  const entries = Object.entries(json)
  const [first] = entries
  if (entries.length === 1 && first?.[0] === 'number' && oddNumbers.some((word) => word === first[1]))
    return Number(first[1])
  return Object.fromEntries(entries.map(([name, each]) => [name, fromJson(each)]))
}

/** One text for equal values, whatever the order of their names. */
export const canonical = (json: Json): string => {
  if (typeof json !== 'object' || json === null) return JSON.stringify(json)
  if (Array.isArray(json)) return `[${json.map(canonical).join(',')}]`
  const entries = Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`).join(',')}}`
}
