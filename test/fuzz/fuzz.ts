import { availableParallelism } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { concatAll } from 'fp-ts/lib/Monoid.js'
import { type Failure, type Slice, type Tally, tallies } from './slice.ts'
import { type Lost, type Watched, watched } from './watched.ts'

export interface Plan {
  /** Path of a module that exports `targets`. */
  readonly module: string
  /** Names of those that are read. */
  readonly targets: readonly string[]
  readonly seed: number
  /** Numbers of the inputs of each target: from … to − 1. */
  readonly from: number
  readonly to: number
  /** Milliseconds for one input. */
  readonly patience: number
}

/** How the inputs of each target went. */
export type Outcome = ReadonlyMap<string, Tally>

const SLICE = 250

const slices = ({ targets, seed, from, to, patience }: Plan): readonly Slice[] =>
  targets.flatMap((target) =>
    Array.from({ length: Math.ceil((to - from) / SLICE) }, (_, i) => {
      const first = from + i * SLICE
      return { target, seed, from: first, to: Math.min(first + SLICE, to), patience }
    }),
  )

const failed = ({ target, seed }: Slice, { what, number, why }: Lost): Tally => ({
  ...tallies.empty,
  inputs: 1,
  failures: [{ what, target, seed, number, kind: 'unknown', why }],
})

/** One input in a new process: its memory and time are its own. */
const alone = async (module: string, slice: Slice, number: number): Promise<Tally> => {
  const worker = watched(module)
  const result = await worker.run({ ...slice, from: number, to: number + 1 })
  worker.end()
  return E.isLeft(result) ? failed(slice, result.left) : result.right
}

// Time and memory are noisy, where others work too: such an input gets another try alone, and that is what counts.
const isCertain = ({ what }: Pick<Failure, 'what'>): boolean => what === 'crash'

const confirmed = async (module: string, slice: Slice, tally: Tally): Promise<Tally> => {
  const doubtful = tally.failures.filter((failure) => !isCertain(failure))
  const inputs = tally.inputs - doubtful.length
  const again: Tally[] = []
  for (const { number } of doubtful) again.push(await alone(module, slice, number))
  return concatAll(tallies)([{ ...tally, inputs, failures: tally.failures.filter(isCertain) }, ...again])
}

/** Takes slices until there are none; what a process lost is put back without the input at which it did. */
const lane = async (module: string, queue: Slice[], done: (slice: Slice, tally: Tally) => void): Promise<void> => {
  let worker: Watched = watched(module)
  try {
    for (let slice = queue.shift(); slice !== undefined; slice = queue.shift()) {
      const result = await worker.run(slice)
      if (E.isRight(result)) {
        done(slice, await confirmed(module, slice, result.right))
        continue
      }
      const lost = result.left
      const { number } = lost
      queue.unshift(
        ...[
          { ...slice, to: number },
          { ...slice, from: number + 1 },
        ].filter(({ from, to }) => from < to),
      )
      done(slice, isCertain(lost) ? failed(slice, lost) : await alone(module, slice, number))
      worker = watched(module)
    }
  } finally {
    worker.end()
  }
}

/**
 * Reads the inputs of a plan in processes of their own, two at most at a time.
 *
 * @param see  called after each slice with all that is known by then
 */
export const fuzz = async (plan: Plan, see: (outcome: Outcome) => void = () => {}): Promise<Outcome> => {
  const outcome = new Map<string, Tally>(plan.targets.map((name) => [name, tallies.empty]))
  const queue = [...slices(plan)]
  const done = ({ target }: Slice, tally: Tally): void => {
    outcome.set(target, tallies.concat(outcome.get(target) ?? tallies.empty, tally))
    see(outcome)
  }
  const lanes = Math.min(2, availableParallelism(), queue.length)
  await Promise.all(Array.from({ length: lanes }, () => lane(plan.module, queue, done)))
  return outcome
}
