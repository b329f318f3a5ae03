import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'cachegrad-teaching-'))
const execute = promisify(execFile)

const run = async (name: string, ...args: readonly string[]): Promise<string> => {
  const script = join(root, 'experiments', `${name}.ts`)
  const tsx = ['--import', 'tsx', script, '--backend', 'wasm-strict']
  return (await execute(process.execPath, [...tsx, ...args], { cwd: root })).stdout
}

// What each script is given to be quick, the first cells of the rows that its table must have, and its number of drawings.
const scripts = [
  {
    name: 'compare-update-rules',
    args: ['--iterations', '20'],
    rows: ['sgd', 'sgdMomentum', 'adagrad', 'adam', 'nesterov', 'rmsprop', 'adamw'],
    drawings: 4,
  },
  {
    name: 'compare-initialisations',
    args: ['--iterations', '8'],
    rows: ['sigmoid, 1', 'tanh, xavier', 'relu, he', 'relu, 0.01'],
    drawings: 13,
  },
  {
    name: 'batchnorm-weight-scales',
    args: ['--epochs', '1', '--examples', '100', '--scales', '3'],
    rows: ['1', '0.01', '0.0001'],
    drawings: 4,
  },
  {
    name: 'dropout-overfitting',
    args: ['--epochs', '5', '--examples', '60', '--test-samples', '100'],
    rows: ['0.01, 1', '0.01, 5', '0.1, 5'],
    drawings: 2,
  },
]

const curvesOf = (page: string): readonly string[] => page.match(/<path [^>]*>/g) ?? []

// On two cores with a load of 17 all of them took 103 s.
describe('the experiments that compare', { timeout: 180_000, concurrent: true }, () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(scripts)(
    '$name prints a table, writes a page that needs nothing else, and another for another seed',
    async (script) => {
      const { name, args, rows, drawings } = script
      const out = join(folder, 'made', `${name}.html`)
      const lines = (await run(name, '--data', 'strokes', '--out', out, ...args)).split('\n')
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

      await run(name, '--data', 'strokes', '--out', out, '--seed', '2', ...args)
      // The page names its seed, so only what is drawn is compared.
      expect(curvesOf(readFileSync(out, 'utf8'))).not.toEqual(curvesOf(page))
    },
  )

  it('gives the same page for the same seed', async () => {
    const page = async (file: string, ...seed: readonly string[]): Promise<string> => {
      const out = join(folder, file)
      await run('compare-update-rules', '--data', 'strokes', '--iterations', '5', '--out', out, ...seed)
      return readFileSync(out, 'utf8')
    }
    expect(await page('default.html')).toBe(await page('zero.html', '--seed', '0'))
  })

  it('says in one line that a page cannot be written, before it works', async () => {
    const wrong = run('dropout-overfitting', '--data', 'strokes', '--out', folder)
    await expect(wrong).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: --out .* this is a folder.*\n$/),
      stdout: '',
    })
  })
})
