import type { Draw } from './draw.ts'
import { numeral } from './mutations.ts'

/** Values nested 1 to 131,072 deep, perhaps never closed. */
const deep = (draw: Draw): string => {
  const depth = 2 ** draw.below(18)
  const [opening, closing] = draw.oneOf([
    ['[', ']'],
    ['{"a":', '}'],
    ['[[],', ']'],
  ] as const)
  return opening.repeat(depth) + draw.oneOf(['', `0${closing.repeat(depth)}`])
}

/** Names that mean something to JavaScript, to a terminal, or to nobody. */
export const names = [
  '__proto__',
  'constructor',
  'toString',
  'length',
  '',
  'a'.repeat(5000),
  '\u001b[2J',
  '\ud800',
  '\u2028',
  '../../a',
  '/etc/a',
  '💥',
]

/** A value that is seldom expected. */
export const oddJson = (draw: Draw): string =>
  draw.oneOf([deep, numeral, (d: Draw) => JSON.stringify(d.oneOf(names)), () => 'null', () => '[]', () => '{}'])(draw)

/** The text with one of its values replaced, or one of its names. */
export const oddlyChanged = (draw: Draw, text: string): string => {
  const values = [...text.matchAll(/"[^"]*"|-?\d+(\.\d+)?|\[[^[\]]*\]|\{[^{}]*\}|null|true|false/g)]
  const { index, 0: value } = draw.oneOf(values)
  return text.slice(0, index) + oddJson(draw) + text.slice(index + value.length)
}
