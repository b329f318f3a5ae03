import { ArgumentError, isRecord, shown } from '../errors/index.ts'
import type { Event } from './events.ts'
import { copyOfValue } from './snapshotRun.ts'

/**
 * A copy of an event that stays as it is when the run goes on, and that `postMessage` takes
 *
 * Weights in events are views of the kernels' memory, which a page's worker cannot post (a DataCloneError), or which go on changing where
 * it can. A copy costs as much as all weights and slots; for a curve post a few numbers, e.g. `{ step, loss }`.
 *
 * @param event  of `train`
 * @returns      the same with its own tensors and lists
 * @throws       ArgumentError for what is no event
 * @example      const data = { xTrain: tensor([2, 1], [-1, 1]), yTrain: [0, 1] }
 *               const [, first] = Array.from(orThrow(train(orThrow(twoLayerNet({ inputDim: 1, numClasses: 2 })), data)), snapshotEvent)
 *               first!._tag   // 'Step'
 */
export const snapshotEvent = <E extends Event>(event: E): E => {
  if (!isRecord(event) || typeof event._tag !== 'string') {
    throw new ArgumentError(`snapshotEvent: event must be one of train's, but got ${shown(event)}`)
  }
  return copyOfValue(event) as E
}
