import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, test } from 'vitest'
import { idxFile } from '../data/support.ts'
import { experiments, onCifar10, quick, run, runTeaching, slow, teaching } from './scripts.ts'

test('each experiment has a short run', () => {
  expect([...quick, ...slow, ...onCifar10, ...teaching].map(({ name }) => name).sort()).toEqual([...experiments].sort())
})

describe('one short run', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-scripts-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'rows'), idxFile([1, 28, 28]))

  it.each(quick)('of $name prints what it found', async ({ name, args, prints }) => {
    const out = await run(name, ...args(folder))
    for (const line of prints) expect(out).toMatch(line)
  })

  it.each(teaching)(
    'of $name prints a table, and writes a page that needs nothing else',
    async ({ name, args, rows, drawings }) => {
      const out = join(folder, 'made', `${name}.html`)
      const lines = (await runTeaching(name, out, ...args)).split('\n')
      for (const row of rows)
        expect(
          lines.some((line) => line.startsWith(`${row}  `)),
          `a row ${row}`,
        ).toBe(true)
      expect(lines).toContain(`charts: ${out}`)
      const page = readFileSync(out, 'utf8')
      expect(page.match(/<svg /g)).toHaveLength(drawings)
      expect(page.replace(/ xmlns(:\w+)?="[^"]*"/g, '')).not.toMatch(/https?:|<script|<link|\bsrc=/)
      expect(page).not.toMatch(/NaN|undefined|Infinity/)
    },
  )
})
