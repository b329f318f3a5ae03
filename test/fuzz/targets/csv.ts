import { decodeCsv } from '../../../src/data/index.ts'
import type { Draw } from '../draw.ts'
import { names } from '../hostileJson.ts'
import { numeral } from '../mutations.ts'
import { type Hostile, plain, type Target } from '../target.ts'

const texts = [
  'area,city,price\n80,Bern,3.5\n90,Genf,4.25\n75,Basel,\n',
  '\ufeff"a";"b"\r\n"15";"x ""y"""\r\n2;"z\r\nz"\r\n',
]

const cell = (draw: Draw): string =>
  draw.oneOf([numeral, (d: Draw) => d.oneOf(names), () => '"', () => '""', () => '', () => '"a\n', () => 'NA'])(draw)

/** Rows of any cells. */
const rows: Hostile = (draw) => {
  const separator = draw.oneOf([',', ';', '\t', '\n'])
  const width = draw.below(8)
  return Buffer.from(
    Array.from({ length: draw.below(60) }, () =>
      Array.from({ length: width + draw.below(2) }, () => cell(draw)).join(separator),
    ).join(draw.oneOf(['\n', '\r\n', '\r'])),
  )
}

/** Very many columns, rows, quotes or different texts. */
const many: Hostile = (draw) => {
  const count = 2 ** draw.below(18)
  const piece = draw.oneOf(['a,', '1\n', '"', '""', '"\n', ',', '\n', '"a"b,'])
  return Buffer.from(draw.oneOf(['', 'a\n', '"']) + piece.repeat(count))
}

const different = (draw: Draw): Uint8Array =>
  Buffer.from(Array.from({ length: 2 ** draw.below(12) }, (_, i) => `x${i},${i}`).join(draw.oneOf(['\n', ','])))

export const csvTarget: Target = {
  name: 'csv',
  seeds: texts.map((text) => Buffer.from(text)),
  read: (bytes) =>
    decodeCsv('f', new TextDecoder().decode(bytes), bytes.length % 2 === 0 ? {} : { target: 0, onMissing: 'skip' }),
  hostile: { rows, many, different },
  // A cell of one byte becomes a text, a number, its place and, of categories, up to 256 numbers a row.
  justified: (size) => plain(size) + 64 * size + 2048 * size,
}
