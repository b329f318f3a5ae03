import { foldIn, key } from '../../src/random/index.ts'
import { drawing } from './draw.ts'
import { mutations } from './mutations.ts'
import type { Target } from './target.ts'

export interface Input {
  /** What was done. */
  readonly kind: string
  readonly bytes: Uint8Array
}

/** How many beginnings, the empty one among them, the seeds have. */
export const countCuts = ({ seeds }: Target): number => seeds.reduce((sum, { length }) => sum + length, 0)

const cut = ({ seeds }: Target, place: number): Uint8Array => {
  let length = place
  for (const seed of seeds) {
    if (length < seed.length) return seed.slice(0, length)
    length -= seed.length
  }
  throw new Error(`there is no cut ${place}`)
}

/**
 * A file for a target, a pure function of (target, seed, number). Even numbers are the truncations of its seeds, one after
 * the other, as long as there are any; all others are drawn.
 */
export const input = (target: Target, seed: number, number: number): Input => {
  if (number % 2 === 0 && number / 2 < countCuts(target)) return { kind: 'cut', bytes: cut(target, number / 2) }
  const draw = drawing(foldIn(foldIn(key(seed), target.name), number))
  const kind = draw.oneOf([...Object.keys(mutations), ...Object.keys(target.hostile)])
  const bytes = target.hostile[kind]?.(draw) ?? mutations[kind]?.(draw, target.seeds)
  if (bytes === undefined) throw new Error(`there is no ${kind}`)
  return { kind, bytes }
}
