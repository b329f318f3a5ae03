import { allocate, release } from '../kernels/index.ts'
import { copyInto, dtypeOf, type Tensor, type Tensors } from '../tensor/index.ts'
import type { RuleConfigs, TrainState } from './step.ts'

/**
 * Where a run's state lives: tensors on the heap that steps overwrite in place. A step's result that was made elsewhere (running
 * statistics, the first slots, the results of a rule that ignores `out`) is copied home before the arena takes it back.
 */
export interface Home {
  readonly current: () => TrainState
  /** Takes the next state over; its tensors may be temporaries. */
  readonly settle: (next: TrainState) => void
  readonly close: () => void
}

const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'data' in value && 'shape' in value

export const openHome = (start: TrainState): Home => {
  const owned: Tensor[] = []
  const keep = (t: Tensor): Tensor => {
    const home = { shape: t.shape, data: allocate(dtypeOf(t), t.data.length) }
    copyInto(t, home)
    owned.push(home)
    return home
  }
  const settleTensor = (home: Tensor | undefined, next: Tensor): Tensor => {
    if (home === undefined || home.data.length !== next.data.length) return keep(next)
    if (home.data !== next.data) copyInto(next, home)
    return home
  }
  const settleAll = (homes: Tensors, next: Tensors): Tensors => {
    // The same record as long as nothing moved, so that names are resolved once in a run.
    let settled: Record<string, Tensor> | undefined
    for (const name in next) {
      const tensor = settleTensor(homes[name], next[name] as Tensor)
      if (tensor !== homes[name]) {
        settled ??= { ...homes }
        settled[name] = tensor
      }
    }
    return settled ?? homes
  }
  const settleConfigs = (homes: RuleConfigs, next: RuleConfigs): RuleConfigs => {
    for (const name in next) {
      const config = next[name] as Record<string, unknown> & { learningRate: number }
      const home = homes[name] as Record<string, unknown> | undefined
      for (const slot in config) {
        const value = config[slot]
        if (isTensor(value)) config[slot] = settleTensor(home?.[slot] as Tensor | undefined, value)
      }
    }
    return next
  }
  let state: TrainState = { weights: { params: {}, state: {} }, configs: {} }
  const settle = (next: TrainState): void => {
    const params = settleAll(state.weights.params, next.weights.params)
    const statistics = settleAll(state.weights.state, next.weights.state)
    const unmoved = params === state.weights.params && statistics === state.weights.state
    state = {
      weights: unmoved ? state.weights : { params, state: statistics },
      configs: settleConfigs(state.configs, next.configs),
    }
  }
  settle(start)
  return {
    current: () => state,
    settle,
    close: () => {
      for (const { data } of owned) release(data)
      owned.length = 0
    },
  }
}
