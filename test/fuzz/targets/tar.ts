import { tarFiles } from '../../../src/data/files/tar.ts'
import type { Draw } from '../draw.ts'
import { climbingPaths, oddEntry, paxLines, tarEntry } from '../tarEntry.ts'
import { type Hostile, plain, type Target } from '../target.ts'

const END = new Uint8Array(1024)

const odd: Hostile = (draw) =>
  Buffer.concat([...Array.from({ length: 1 + draw.below(4) }, () => oddEntry(draw, draw.bytes(draw.below(600)))), END])

const climbing: Hostile = (draw) => {
  const path = draw.oneOf(climbingPaths)
  const entry = draw.oneOf([
    tarEntry({ name: path }, 'a'),
    tarEntry({ prefix: path }, 'a'),
    Buffer.concat([tarEntry({ type: 'L', name: '././@LongLink' }, `${path}\0`), tarEntry({}, 'a')]),
    Buffer.concat([tarEntry({ type: draw.oneOf(['x', 'g']) }, `${path.length + 9} path=${path}\n`), tarEntry({}, 'a')]),
  ])
  return Buffer.concat([tarEntry({ name: 'good' }, 'a'), entry, END])
}

const pax: Hostile = (draw) =>
  Buffer.concat([
    ...Array.from({ length: 1 + draw.below(3) }, () =>
      tarEntry({ type: draw.oneOf(['x', 'g', 'L', 'K', 'N']) }, paxLines(draw, 2 ** draw.below(6))),
    ),
    tarEntry({}, 'a'),
    END,
  ])

/** Global headers with many keys before many files: a reader that copies the keys for each file never ends. */
const globals = (draw: Draw, most: number): Buffer => {
  const lines = (n: number, from: number): string =>
    Array.from({ length: n }, (_, i) => `30 key${from + i}=v\n`).join('')
  const [headers, keys, files] = [2 ** draw.below(most - 4), 2 ** draw.below(most), 2 ** draw.below(most)]
  const entry = tarEntry({}, '')
  return Buffer.concat([
    ...Array.from({ length: headers }, (_, i) => tarEntry({ type: 'g' }, lines(keys / headers, i * keys))),
    ...Array.from({ length: files }, () => entry),
    END,
  ])
}

export const hostileTar = { odd, climbing, pax, globals: (draw: Draw) => globals(draw, 13) }

export const tarTarget: Target = {
  name: 'tar',
  seeds: [
    Buffer.concat([tarEntry({ name: 'folder/', type: '5' }), tarEntry({ name: 'folder/a' }, 'bee'), END.subarray(512)]),
    Buffer.concat([tarEntry({ type: 'x', name: 'pax' }, '12 path=b/c\n'), tarEntry({ name: 'c' }, 'c'.repeat(20))]),
  ],
  read: (bytes) => tarFiles('f', bytes, () => true),
  hostile: hostileTar,
  justified: plain,
}
