import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'
import { countCuts, input } from './input.ts'
import { table, verdict } from './report.ts'
import type { Target } from './target.ts'
import { argumentsTarget } from './targets/arguments/arguments.ts'
import { targets } from './targets/index.ts'

// Readers of paths get a file in the folder of the process.
const folder = mkdtempSync(join(tmpdir(), 'cachegrad-seeds-'))
const home = process.cwd()
beforeAll(() => process.chdir(folder))
afterAll(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true, force: true })
})

const names = targets.map(({ name }) => name)

const refusals = async ({ read, seeds }: Target): Promise<readonly string[]> => {
  const refused: string[] = []
  for (const seed of seeds) {
    const result = await read(seed)
    if (E.isLeft(result)) refused.push(result.left.message)
  }
  return refused
}

test.each(targets.filter((target) => target !== argumentsTarget))('$name takes its seeds', async (target) => {
  expect(await refusals(target)).toEqual([])
})

test('arguments takes its seeds, but for files, servers and studies that are not there', async () => {
  const refused = await refusals(argumentsTarget)
  expect(refused.length).toBeLessThan(argumentsTarget.seeds.length / 10)
})

test.each(targets)('a file for $name is a function of seed and number', (target) => {
  const files = (seed: number) =>
    Array.from({ length: 40 }, (_, number) => {
      const { kind, bytes } = input(target, seed, number)
      return [kind, bytes.length, crc32(bytes)]
    })
  expect(files(1)).toEqual(files(1))
  expect(files(1)).not.toEqual(files(2))
})

test('140,000 files are enough for every truncation of every seed', () => {
  // A pickle of CIFAR's is pixels, nearly all of it, where one truncation is as another.
  for (const target of targets.filter(({ name }) => name !== 'cifar-pickle'))
    expect(2 * countCuts(target), target.name).toBeLessThan(140_000 / targets.length)
})

test('a short run: no crash, no hang, no memory that the files do not justify', { timeout: 300_000 }, async () => {
  const module = join(import.meta.dirname, 'targets', 'index.ts')
  const to = Math.ceil(2000 / names.length)
  const outcome = await fuzz({ module, targets: names, seed: 1, from: 0, to, patience: 30_000 })
  const failures = [...outcome.values()].flatMap((tally) => tally.failures)
  expect(failures, table(outcome)).toEqual([])
  expect(verdict(outcome)).toBe(
    `${to * names.length} inputs, ${names.length} readers: 0 crashes, 0 hangs, 0 over their memory`,
  )
})

// Formats of which no beginning is a file; a gzip file or a tar archive may end after any of its parts.
const whole = targets.filter(({ name }) =>
  ['idx', 'cifar', 'cifar-pickle', 'safetensors', 'npy', 'npz', 'net', 'checkpoint', 'png'].includes(name),
)

test.each(whole)('$name refuses every truncation of its seeds', { timeout: 120_000 }, async (target) => {
  for (let number = 0; number < 2 * countCuts(target); number += 2) {
    const { kind, bytes } = input(target, 0, number)
    expect([kind, E.isLeft(await target.read(bytes))], `input ${number}`).toEqual(['cut', true])
  }
})
