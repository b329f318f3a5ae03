import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runTeaching, teaching } from './scripts.ts'

const curvesOf = (page: string): readonly string[] => page.match(/<path [^>]*>/g) ?? []

// On two cores with a load of 17 all of them took 103 s.
describe('the experiments that compare', { timeout: 180_000, concurrent: true }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-teaching-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(teaching)('$name writes another page for another seed', async ({ name, args }) => {
    const page = async (...seed: readonly string[]): Promise<string> => {
      const out = join(folder, `${name}.html`)
      await runTeaching(name, out, ...seed, ...args)
      return readFileSync(out, 'utf8')
    }
    // The page names its seed, so only what is drawn is compared.
    const drawn = curvesOf(await page())
    expect(drawn.length).toBeGreaterThan(0)
    expect(curvesOf(await page('--seed', '2'))).not.toEqual(drawn)
  })

  it('gives the same page for the same seed', async () => {
    const page = async (file: string, ...seed: readonly string[]): Promise<string> => {
      const out = join(folder, file)
      await runTeaching('compare-update-rules', out, '--iterations', '5', ...seed)
      return readFileSync(out, 'utf8')
    }
    expect(await page('default.html')).toBe(await page('zero.html', '--seed', '0'))
  })

  it('says in one line that a page cannot be written, before it works', async () => {
    await expect(runTeaching('dropout-overfitting', folder)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: --out .* this is a folder.*\n$/),
      stdout: '',
    })
  })
})
