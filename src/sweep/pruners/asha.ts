import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Given, type OptionError, positiveInteger, resolveOptions, withDefault } from '../../errors/index.ts'
import { seenBy } from '../generations.ts'
import { growingTable } from '../growing.ts'
import type { Pruner } from '../pruner.ts'
import { checkPrunerView } from '../requirements.ts'
import { aReduction, checkSteps, climb, judgeAtRungs, type Ladder } from './rungs.ts'

const ashaOptions = {
  /** The step of the first decision. Default 1. */
  minSteps: withDefault(1, positiveInteger),
  /** The last step of a trial, if all have the same: nothing is decided there. Default: not known. */
  maxSteps: positiveInteger,
  /** η: one of so many goes on, and each decision comes after so many times as many steps. Default 4. */
  reductionFactor: withDefault(4, aReduction),
  /** Trials that are judged by the same results, so they can run side by side; the first ones run to their end. Default 8. */
  generation: withDefault(8, positiveInteger),
}

/** The options of `asha`. @interface */
export type AshaOptions = Given<typeof ashaOptions>

/**
 * stop ⇔ at step minSteps·ηᵏ, not among the best 1/η of the trials that came so far
 *
 * Successive halving without waiting: a trial is judged by the trials of the generations before it, whatever became of them, so the
 * decisions are the same however many workers there are.
 *
 * @param options  see `AshaOptions`
 * @returns        left(OptionError) for a wrong option
 * @example        pipe(asha({ generation: 8 }), E.map((pruner) => pruner.sees(13)))   // right(8)
 * @see            Li et al., "A system for massively parallel hyperparameter tuning" (ASHA), MLSys 2020; Jamieson & Talwalkar, 2016
 */
export const asha = (options: AshaOptions = {}): E.Either<OptionError, Pruner> =>
  pipe(
    resolveOptions('asha', options, ashaOptions),
    E.chain(checkSteps('asha')),
    E.map((settings) => {
      const { minSteps, maxSteps, reductionFactor, generation } = settings
      const rungs = { first: minSteps, factor: reductionFactor, last: maxSteps ?? Number.POSITIVE_INFINITY }
      const ladderOf = growingTable<Ladder>(
        () => new Map(),
        (ladder, trial) => climb(ladder, rungs, trial),
      )
      return {
        description: `asha(${JSON.stringify(settings)})`,
        sees: (number) => seenBy(number, 0, generation),
        prune: (view) => {
          checkPrunerView('asha', view)
          return judgeAtRungs(view, rungs, ladderOf(view.seen))
        },
      }
    }),
  )
