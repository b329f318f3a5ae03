import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'
import { targets } from './planted.ts'
import { repeat, table, verdict } from './report.ts'

const module = join(import.meta.dirname, 'planted.ts')

test('planted faults are found, each at its input, and nothing else', { timeout: 120_000 }, async () => {
  const names = targets.map(({ name }) => name)
  const outcome = await fuzz({ module, targets: names, seed: 3, from: 0, to: 4, patience: 1500 })
  const found = [...outcome].map(([name, { failures }]) => [name, failures.map(({ what, number }) => [what, number])])
  expect(Object.fromEntries(found)).toEqual({
    sound: [],
    throws: [['crash', 2]],
    rejects: [['crash', 2]],
    'throws later': [['crash', 2]],
    dies: [['crash', 2]],
    'gives nothing': [['crash', 2]],
    'says two lines': [['crash', 2]],
    'writes outside': [['crash', 2]],
    loops: [['hang', 2]],
    'never answers': [['hang', 2]],
    'takes and drops': [['memory', 2]],
    'takes untouched': [['memory', 2]],
    'takes objects': [['memory', 2]],
  })
  for (const { inputs, refused, accepted } of outcome.values()) {
    expect([inputs, accepted]).toEqual([4, 0])
    expect(refused).toBeGreaterThanOrEqual(3)
  }
  expect(verdict(outcome)).toBe('52 inputs, 13 readers: 7 crashes, 2 hangs, 3 over their memory')
  expect(table(outcome)).toContain('crash of throws (cut): threw RangeError: planted\n')
  const [failure] = outcome.get('loops')?.failures ?? []
  expect(failure && repeat(failure)).toBe('npm run fuzz -- --target loops --seed 3 --input 2')
})
