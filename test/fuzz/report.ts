import { concatAll } from 'fp-ts/lib/Monoid.js'
import type { Outcome } from './fuzz.ts'
import { type Failure, type Tally, tallies } from './slice.ts'

const HEADS = ['target', 'inputs', 'accepted', 'refused', 'crashes', 'hangs', 'memory', 'largest ms', 'largest MB']

const count = ({ failures }: Tally, what: Failure['what']): number =>
  failures.filter((failure) => failure.what === what).length

const cells = (name: string, tally: Tally): readonly string[] => [
  name,
  ...[tally.inputs, tally.accepted, tally.refused].map(String),
  ...(['crash', 'hang', 'memory'] as const).map((what) => String(count(tally, what))),
  ...[tally.slowest, tally.largest / 1e6].map((value) => value.toFixed(1)),
]

const WIDTH = Math.max(...HEADS.map(({ length }) => length))

const line = ([first = '', ...others]: readonly string[]): string =>
  [first.padEnd(18), ...others.map((cell) => cell.padStart(WIDTH))].join(' ')

/** What repeats a failure. */
export const repeat = ({ target, seed, number }: Failure): string =>
  `npm run fuzz -- --target ${target} --seed ${seed} --input ${number}`

/** A row for each target, its failures behind it. */
export const table = (outcome: Outcome): string => {
  const failures = [...outcome.values()].flatMap((tally) => tally.failures)
  return [
    line(HEADS),
    ...[...outcome].map(([name, tally]) => line(cells(name, tally))),
    ...failures.flatMap((failure) => [
      '',
      `${failure.what} of ${failure.target} (${failure.kind}): ${failure.why}`,
      `  ${repeat(failure)}`,
    ]),
  ].join('\n')
}

/** `100000 inputs, 8 readers: 0 crashes, 0 hangs, 0 over their memory` */
export const verdict = (outcome: Outcome): string => {
  const all = concatAll(tallies)([...outcome.values()])
  const counts = `${count(all, 'crash')} crashes, ${count(all, 'hang')} hangs, ${count(all, 'memory')} over their memory`
  return `${all.inputs} inputs, ${outcome.size} readers: ${counts}`
}
