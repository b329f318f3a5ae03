import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type Given,
  type OptionError,
  positiveInteger,
  required,
  resolveOptions,
  withDefault,
} from '../../errors/index.ts'
import { seenBy } from '../generations.ts'
import { growingTable } from '../growing.ts'
import type { Pruner } from '../pruner.ts'
import { checkPrunerView } from '../requirements.ts'
import { aReduction, checkSteps, climb, judgeAtRungs, type Ladder, type Rungs } from './rungs.ts'

const hyperbandOptions = {
  /** The last step of a trial. */
  maxSteps: required(positiveInteger, 'give the last step of a trial, e.g. its epochs'),
  /** The earliest step of a decision. Default 1. */
  minSteps: withDefault(1, positiveInteger),
  /** η: one of so many goes on, and each decision comes after so many times as many steps. Default 3. */
  reductionFactor: withDefault(3, aReduction),
  /** Trials that are judged by the same results, so they can run side by side. Default 8. */
  generation: withDefault(8, positiveInteger),
}

/** The options of `hyperband`. @interface */
export type HyperbandOptions = Given<typeof hyperbandOptions>

/** Trials that are judged among themselves: how many in each round, and the step of their first decision. */
export interface Bracket {
  readonly size: number
  readonly first: number
}

/**
 * n_s = ⌈(s_max + 1)/(s + 1)·ηˢ⌉ trials that begin with minSteps·η^(s_max − s) steps, for s = s_max … 0, s_max = ⌊log_η(maxSteps/minSteps)⌋
 *
 * @example bracketsOf(1, 9, 3)   // [{ first: 1, size: 9 }, { first: 3, size: 5 }, { first: 9, size: 3 }]
 */
export const bracketsOf = (minSteps: number, maxSteps: number, factor: number): readonly Bracket[] => {
  const firsts: number[] = []
  for (let first = minSteps; first <= maxSteps; first *= factor) firsts.push(first)
  const rungs = firsts.map((first) => first / minSteps).reverse()
  return firsts.map((first, i) => ({
    first,
    size: Math.ceil((firsts.length * (rungs[i] as number)) / (firsts.length - i)),
  }))
}

/** The brackets take turns: the first has the first trials, and after the last one it has the next. */
const bracketOf = (brackets: readonly Bracket[], number: number): Bracket => {
  const round = brackets.reduce((sum, { size }) => sum + size, 0)
  let left = number % round
  return (
    brackets.find(({ size }) => {
      left -= size
      return left < 0
    }) ?? (brackets[0] as Bracket)
  )
}

/**
 * stop ⇔ at a rung of its bracket, not among the best 1/η of the bracket's trials that came so far
 *
 * A trial's number decides its bracket. The first bracket stops early and often, the last one never, in case early values mislead.
 *
 * @param options  see `HyperbandOptions`
 * @returns        left(OptionError) for a wrong option
 * @example        pipe(hyperband({ maxSteps: 27 }), E.map((pruner) => pruner.sees(13)))   // right(8)
 * @see            Li et al., "Hyperband: a novel bandit-based approach to hyperparameter optimization", JMLR 18, 2018
 */
export const hyperband = (options: HyperbandOptions): E.Either<OptionError, Pruner> =>
  pipe(
    resolveOptions('hyperband', options, hyperbandOptions),
    E.chain(checkSteps('hyperband')),
    E.map((settings) => {
      const { maxSteps, minSteps, reductionFactor, generation } = settings
      const brackets = bracketsOf(minSteps, maxSteps, reductionFactor)
      // Where the last bracket begins nothing is decided, also when maxSteps is no power of η.
      const last = (brackets.at(-1) as Bracket).first
      const rungsOf = ({ first }: Bracket): Rungs => ({ first, factor: reductionFactor, last })
      const laddersOf = growingTable<ReadonlyMap<Bracket, Ladder>>(
        () => new Map(brackets.map((bracket) => [bracket, new Map()] as const)),
        (ladders, trial) => {
          const own = bracketOf(brackets, trial.number)
          climb(ladders.get(own) as Ladder, rungsOf(own), trial)
        },
      )
      return {
        description: `hyperband(${JSON.stringify(settings)})`,
        sees: (number) => seenBy(number, 0, generation),
        prune: (view) => {
          checkPrunerView('hyperband', view)
          const own = bracketOf(brackets, view.number)
          return judgeAtRungs(view, rungsOf(own), laddersOf(view.seen).get(own) as Ladder)
        },
      }
    }),
  )
