const MOST_CHARACTERS = 40
const MOST_ITEMS = 4
const MOST_NAMES = 5

/** What steers a terminal, ends a line, turns text around or is half a character. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/gu

const escaped = (text: string): string =>
  text.replace(UNPRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A text as a message shows it: in quotes, in one line, cut. */
export const quoted = (text: string): string =>
  `'${escaped(text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text)}'`

/** What engines call an object's kind, e.g. 'Float32Array', also of another realm. */
const kindOf = (value: object): string => Object.prototype.toString.call(value).slice('[object '.length, -1)

const withArticle = (kind: string): string => `${/^[AEIO]/.test(kind) ? 'an' : 'a'} ${kind}`

const shownObject = (value: object): string => {
  if (Array.isArray(value)) {
    const items = value.slice(0, MOST_ITEMS).map((item) => (Array.isArray(item) ? '[…]' : shown(item)))
    return `[${items.join(', ')}${value.length > MOST_ITEMS ? `, … ${value.length} in all` : ''}]`
  }
  if (ArrayBuffer.isView(value)) {
    const { length } = value as { readonly length?: unknown }
    return `${withArticle(kindOf(value))}${typeof length === 'number' ? ` of ${length}` : ''}`
  }
  if (kindOf(value) === 'Error' && 'message' in value) return `an error: ${quoted(String(value.message))}`
  if (kindOf(value) !== 'Object') return withArticle(escaped(kindOf(value)))
  const names = Object.keys(value)
  const { shape } = value as { readonly shape?: unknown }
  if ('data' in value && Array.isArray(shape)) return `a tensor of shape (${shape.slice(0, 8).map(shown).join(', ')})`
  const rest = names.length > MOST_NAMES ? ', …' : ''
  return names.length === 0 ? '{}' : `{ ${names.slice(0, MOST_NAMES).map(escaped).join(', ')}${rest} }`
}

/**
 * A value as a message shows it: so that one sees of what kind it is, in one line, and short. What throws when it is looked at is
 * 'an object' too.
 *
 * @example shown([1n])   // '[1n (a bigint)]'
 */
export const shown = (value: unknown): string => {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'bigint') return `${quoted(String(value)).slice(1, -1)}n (a bigint)`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'symbol') return 'a symbol'
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  try {
    return shownObject(value)
  } catch {
    return 'an object'
  }
}
