import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { idxFile, newFolder } from '../data/support.ts'
import { type Place, withData } from '../where.ts'
import { convolutional, onCifar10, run, slow } from './scripts.ts'

const places: readonly { readonly place: Pick<Place, 'test'>; readonly runs: typeof slow }[] = [
  { place: { test }, runs: slow },
  { place: withData, runs: onCifar10 },
]

for (const { place, runs } of places) {
  for (const { name, args, prints } of runs) {
    place.test(`one short run of ${name} prints what it found`, { timeout: 300_000 }, async () => {
      const out = await run(name, ...args(newFolder()))
      for (const line of prints) expect(out).toMatch(line)
    })
  }
}

test('a convolutional net is trained, saved and read', { timeout: 300_000 }, async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'rows'), idxFile([1, 28, 28]))
  for (const { name, args, prints } of convolutional) {
    const out = await run(name, ...args(folder))
    for (const line of prints) expect(out).toMatch(line)
  }
})
