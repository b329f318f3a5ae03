import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runSweep } from '../../src/sweep/index.ts'
import { essence, right, studyModule } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'cachegrad-images-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  ['convolutional nets', 'images'],
  ['a net with all methods of image training', 'methods'],
])('a sweep trains %s in workers, to the table of one alone', { timeout: 60_000 }, async (_, name) => {
  const { study, module } = await studyModule(name)
  const tables = []
  for (const workers of [1, 2]) {
    const journal = join(folder, `${name}-${workers}.jsonl`)
    const { trials } = right(await runSweep(study, { module, journal, workers })())
    expect(trials.map(({ state }) => state)).toEqual(new Array(6).fill('complete'))
    tables.push(essence(trials))
  }
  expect(tables[1]).toEqual(tables[0])
})
