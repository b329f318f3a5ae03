import type { Draw } from './draw.ts'
import { numeral } from './mutations.ts'

const BLOCK = 512

/** Where the fields of a header are, and how long they are. */
const fields = {
  name: [0, 100],
  mode: [100, 8],
  size: [124, 12],
  mtime: [136, 12],
  type: [156, 1],
  link: [157, 100],
  magic: [257, 8],
  prefix: [345, 155],
} as const

export type Field = keyof typeof fields

/** Paths that lead elsewhere. */
export const climbingPaths = [
  '../a',
  '../../../../../../etc/a',
  '/etc/a',
  'a/../../b',
  '..\\a',
  'C:\\a',
  '\\\\host\\a',
  '..',
  '\u001b[2J../a',
  `${'a/'.repeat(40)}${'../'.repeat(41)}`,
]

/** Writes the sum of a header, so that it is not refused for that. */
const seal = (header: Buffer): Buffer => {
  header.fill(' ', 148, 156)
  const sum = header.subarray(0, BLOCK).reduce((a, b) => a + b, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** A header with right sum, its fields as given, then the content in whole blocks. */
export const tarEntry = (given: Partial<Record<Field, string>>, content: string | Uint8Array = ''): Buffer => {
  const body = Buffer.from(content)
  const header = Buffer.alloc(BLOCK + BLOCK * Math.ceil(body.length / BLOCK))
  const size = body.length.toString(8).padStart(11, '0')
  const usual = { name: 'a', mode: '0000644', size, mtime: '0', type: '0', magic: 'ustar\x0000' }
  for (const [field, text] of Object.entries({ ...usual, ...given }) as [Field, string][]) {
    header.write(text, fields[field][0], fields[field][1], 'latin1')
  }
  header.set(body, BLOCK)
  return seal(header)
}

const TYPES = ['0', '1', '2', '5', '7', 'g', 'x', 'L', 'K', 'N', 'S', 'M', 'D', 'V', '\0', '\xff']

const fieldText = (draw: Draw, field: Field): string => {
  switch (field) {
    case 'type':
      return draw.oneOf(TYPES)
    case 'magic':
      return draw.oneOf(['ustar\x0000', 'ustar  \0', 'noise'])
    case 'name':
    case 'link':
    case 'prefix':
      return draw.oneOf([...climbingPaths, 'a', '', 'b/c', '\xff\xfe'])
    default:
      // Base 256, as GNU writes large numbers, is one of them.
      return draw.oneOf([
        numeral(draw),
        '\x80\0\0\0\0\0\0\0\0\0\x02\0',
        '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0',
      ])
  }
}

/** An entry with up to three fields as nobody would write them. */
export const oddEntry = (draw: Draw, content: string | Uint8Array): Buffer => {
  const names = Object.keys(fields) as Field[]
  const odd = Array.from({ length: draw.below(4) }, () => draw.oneOf(names))
  return tarEntry(Object.fromEntries(odd.map((field) => [field, fieldText(draw, field)])), content)
}

/** Lines of a pax header: `<length> <key>=<value>`, lengths right or not. */
export const paxLines = (draw: Draw, count: number): string =>
  Array.from({ length: count }, (_, i) => {
    const key = draw.oneOf(['path', 'linkpath', 'size', '__proto__', 'constructor', `key${i}`])
    const line = ` ${key}=${draw.oneOf([...climbingPaths, numeral(draw), 'a'])}\n`
    return `${draw.below(4) === 0 ? numeral(draw) : line.length + 2}${line}`
  }).join('')
