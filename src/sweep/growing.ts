import { checkTrials } from './requirements.ts'
import type { Trial } from './trial.ts'

/**
 * A fold over lists of which each is as a rule the one before and more: what was added once is kept, and any other list is folded anew.
 * So the state is that of a fold from the start, whatever lists came before.
 *
 * @param begin  the state of an empty list
 * @param add    changes a state
 */
export const growing = <A, S>(begin: () => S, add: (state: S, item: A) => void): ((items: readonly A[]) => S) => {
  let known: readonly A[] = []
  let count = 0
  let state = begin()
  return (items) => {
    if (items === known && items.length === count) return state
    const goesOn = count <= items.length && known.every((item, i) => i >= count || item === items[i])
    if (!goesOn) state = begin()
    for (let i = goesOn ? count : 0; i < items.length; i++) add(state, items[i] as A)
    known = items
    count = items.length
    return state
  }
}

/** The same over tables: what is no trial is told of. */
export const growingTable = <S>(
  begin: () => S,
  add: (state: S, trial: Trial) => void,
): ((seen: readonly Trial[]) => S) =>
  growing<Trial, S>(begin, (state, trial) => {
    checkTrials('seen', [trial])
    add(state, trial)
  })
