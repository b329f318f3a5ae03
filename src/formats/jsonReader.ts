import { quoted } from '../files/index.ts'

const BLANK = /[ \t\n\r]*/y
const DIGITS = /0|[1-9]\d*/y

/**
 * Reads JSON whose form is known beforehand: each method takes one value at the place that is reached, or throws a SyntaxError. So
 * nothing is built that is not wanted, nesting cannot be deeper than the calls, and no name of an object comes twice.
 */
export const jsonReader = (text: string) => {
  let at = 0

  const fail = (expected: string): never => {
    const found = at < text.length ? quoted(text.slice(at, at + 16)) : 'its end'
    throw new SyntaxError(`${expected} is expected at character ${at}, but there is ${found}`)
  }
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0] ?? ''
    at += found.length
    return found
  }
  const takes = (token: string): boolean => {
    match(BLANK)
    if (text[at] !== token) return false
    at++
    return true
  }
  const take = (token: string): void => {
    if (!takes(token)) fail(`'${token}'`)
  }
  const string = (): string => {
    match(BLANK)
    if (text[at] !== '"') return fail('a string')
    let end = at + 1
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1
    try {
      const value: unknown = JSON.parse(text.slice(at, end + 1))
      at = end + 1
      return String(value)
    } catch {
      return fail('a string that ends, without control characters or unknown escapes,')
    }
  }
  const integer = (): number => {
    match(BLANK)
    const start = at
    const value = match(DIGITS)
    if (value !== '' && Number.isSafeInteger(Number(value))) return Number(value)
    at = start
    return fail('an integer from 0 to 2⁵³ − 1')
  }
  const list = <A>(item: () => A, most: number): A[] => {
    take('[')
    const items: A[] = []
    if (takes(']')) return items
    do {
      if (items.length === most) fail(`a list of at most ${most} items`)
      items.push(item())
    } while (takes(','))
    take(']')
    return items
  }
  const object = (field: (name: string) => void): void => {
    take('{')
    if (takes('}')) return
    const names = new Set<string>()
    do {
      const name = string()
      if (names.has(name)) fail(`a name that did not come before, as ${quoted(name)} did,`)
      names.add(name)
      take(':')
      field(name)
    } while (takes(','))
    take('}')
  }
  const end = (): void => {
    match(BLANK)
    if (at < text.length) fail('the end')
  }
  return { string, integer, list, object, end }
}
