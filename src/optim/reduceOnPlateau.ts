import { ArgumentError, isRecord, shown, unknownKey } from '../errors/index.ts'

/** The fold's state: the best value so far, epochs since then, and the factor on the learning rate. */
export interface Plateau {
  /** The best value so far. */
  readonly best: number
  /** Epochs since then. */
  readonly waited: number
  /** On the learning rate, in (0, 1]. */
  readonly factor: number
}

/** Before the first epoch. */
export const startOfPlateau: Plateau = { best: Number.NEGATIVE_INFINITY, waited: 0, factor: 1 }

const checkedState = (state: Plateau): Plateau => {
  if (isRecord(state) && [state.best, state.waited, state.factor].every((value) => typeof value === 'number'))
    return state
  throw new ArgumentError(
    `reduceOnPlateau: state must have best, waited and factor, as startOfPlateau has, but got ${shown(state)}`,
  )
}

/**
 * (state, accuracy) ↦ state: when the accuracy has not risen for more than `patience` epochs, factor ← factor·by
 *
 * A fold over the epochs of a run, `epochs.reduce(reduceOnPlateau(), startOfPlateau)`.
 *
 * @param settings.by        multiplies the factor, in (0, 1); 0.1 unless given
 * @param settings.patience  epochs without a rise that are tolerated, an integer ≥ 0; 10 unless given
 * @throws                   ArgumentError when one is outside
 * @example                  [0.5, 0.4, 0.4].reduce(reduceOnPlateau({ by: 0.5, patience: 1 }), startOfPlateau).factor   // 0.5
 * @see                      PyTorch's ReduceLROnPlateau, mode 'max'
 */
export const reduceOnPlateau = (
  settings: { readonly by?: number; readonly patience?: number } = {},
): ((state: Plateau, accuracy: number) => Plateau) => {
  if (!isRecord(settings)) {
    throw new ArgumentError(`reduceOnPlateau: settings come by name, e.g. { by: 0.1 }, but got ${shown(settings)}`)
  }
  const unknown = unknownKey('reduceOnPlateau', settings, ['by', 'patience'])
  if (unknown !== undefined) throw new ArgumentError(unknown)
  const { by = 0.1, patience = 10 } = settings
  if (!(typeof by === 'number' && by > 0 && by < 1))
    throw new ArgumentError(`reduceOnPlateau: by must be in (0, 1), but got ${shown(by)}`)
  if (!Number.isSafeInteger(patience) || patience < 0) {
    throw new ArgumentError(`reduceOnPlateau: patience must be an integer ≥ 0, but got ${shown(patience)}`)
  }
  return (state, accuracy) => {
    const { best, waited, factor } = checkedState(state)
    if (typeof accuracy !== 'number') {
      throw new ArgumentError(`reduceOnPlateau: accuracy must be a number, but got ${shown(accuracy)}`)
    }
    if (accuracy > best) return { best: accuracy, waited: 0, factor }
    return waited >= patience ? { best, waited: 0, factor: factor * by } : { best, waited: waited + 1, factor }
  }
}
