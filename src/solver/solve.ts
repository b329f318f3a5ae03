import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { OptionError } from '../errors/index.ts'
import type { Model } from '../models/index.ts'
import type { Data } from './data.ts'
import { type Event, isAccuracy, type Result } from './events.ts'
import type { SolverOptions } from './options.ts'
import { train } from './train.ts'

/** A line for an event, if any, much as cs231n's Solver prints it. */
const lineOf = (event: Event, printEvery: number): string | undefined => {
  if (event._tag === 'Step' && (event.step - 1) % printEvery === 0) {
    return `(Iteration ${event.step} / ${event.totalSteps}) loss: ${event.loss.toFixed(6)}`
  }
  if (event._tag === 'Epoch') {
    // cs231n's own words for what is an accuracy.
    const name = isAccuracy(event.scoreName) ? 'acc' : event.scoreName
    const val = event.valScore === undefined ? '' : `; val_${name}: ${event.valScore.toFixed(6)}`
    return `(Epoch ${event.epoch}) train ${name}: ${event.trainScore.toFixed(6)}${val}`
  }
  return undefined
}

/**
 * `train` to its end, for who only wants the answer
 *
 * @param model    e.g. from `fullyConnectedNet`
 * @param data     `xTrain`, `yTrain`, and `xVal`, `yVal` if there are any
 * @param options  see `SolverOptions`; `verbose: true` prints as it goes
 * @returns        the result, or what is wrong with options or data
 * @throws         ArgumentError when a schedule gives no finite number
 * @example        const data = { xTrain: tensor([2, 1], [-1, 1]), yTrain: [0, 1] }
 *                 orThrow(solve(orThrow(twoLayerNet({ inputDim: 1, numClasses: 2 })), data, { numEpochs: 3 })).lossHistory.length   // 3
 * @see            cs231n, assignment 2, `Solver.train`
 */
export const solve = <Y>(
  model: Model<Y>,
  data: Data<NoInfer<Y>>,
  options: SolverOptions = {},
): E.Either<OptionError, Result> =>
  pipe(
    train(model, data, options),
    E.map((events) => {
      for (const event of events) {
        const line = options.verbose ? lineOf(event, options.printEvery ?? 10) : undefined
        if (line !== undefined) console.log(line)
        if (event._tag === 'Done') return event.result
      }
      throw new Error('solve: the run ended without a result, which is a bug of cachegrad; please report it')
    }),
  )
