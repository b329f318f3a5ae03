// A process that reads the inputs of slices: which one it is at is in the file `progress`, so that its death or endless loop
// can be told. It runs two folders deep in one of its own.
import { openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { concatAll } from 'fp-ts/lib/Monoid.js'
import { input } from './input.ts'
import { type Slice, type Tally, tallies } from './slice.ts'
import type { Target } from './target.ts'
import { attempt, type Trial } from './trial.ts'

const { targets }: { targets: readonly Target[] } = await import(process.argv[2] as string)
const progress = openSync('progress', 'w')

const FOLDER = join('..', '..')
const OWN = join('a', 'b', 'input')
const known = new Set(['a', join('a', 'b'), join('a', 'b', 'progress')])

// What else is here a reader wrote, perhaps to a path of the file's choice; beside the file itself it may, as journals do.
const checkFolder = (trial: Trial): Trial => {
  const stray = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).find(
    (path) => !known.has(path) && !path.startsWith(OWN),
  )
  if (stray === undefined) return trial
  rmSync(join(FOLDER, stray), { recursive: true })
  return { ...trial, verdict: 'crash', why: `wrote ${JSON.stringify(stray)}` }
}

const one = async (target: Target, { seed, patience }: Slice, number: number): Promise<Tally> => {
  writeSync(progress, Float64Array.of(number), 0, 8, 0)
  const { kind, bytes } = input(target, seed, number)
  const { verdict, why, ms, grown } = checkFolder(await attempt(target, bytes, patience))
  if (verdict !== 'accepted' && verdict !== 'refused') {
    const failure = { what: verdict, target: target.name, seed, number, kind, why }
    return { ...tallies.empty, inputs: 1, failures: [failure] }
  }
  const counts = { ...tallies.empty, inputs: 1, [verdict]: 1 }
  return { ...counts, slowest: ms, largest: grown }
}

process.on('message', async (slice: Slice) => {
  const target = targets.find(({ name }) => name === slice.target)
  if (target === undefined) throw new Error(`there is no target ${slice.target}`)
  const done: Tally[] = []
  for (let number = slice.from; number < slice.to; number++) done.push(await one(target, slice, number))
  process.send?.(concatAll(tallies)(done))
})
