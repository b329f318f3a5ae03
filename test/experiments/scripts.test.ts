import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, test } from 'vitest'
import { idxFile } from '../data/support.ts'
import { experiments, onCifar10, quick, run, slow, teaching } from './scripts.ts'

test('each experiment has a short run', () => {
  const names = new Set([...quick, ...slow, ...onCifar10, ...teaching].map(({ name }) => name))
  expect([...names].sort()).toEqual([...experiments].sort())
})

describe('one short run', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-scripts-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'rows'), idxFile([1, 28, 28]))

  it.each(quick)('of $name prints what it found', async ({ name, args, prints }) => {
    const out = await run(name, ...args(folder))
    for (const line of prints) expect(out).toMatch(line)
  })
})
