import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runTeaching, teaching } from './scripts.ts'

describe('one short run', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-teaching-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

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
