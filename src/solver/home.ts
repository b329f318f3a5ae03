import { allocate, isOnHeap, type Kind, release } from '../kernels/index.ts'
import { type Bytes, copyInto, dtypeOf, type Rows, type Tensor, type Tensors } from '../tensor/index.ts'
import type { RuleConfigs, TrainState } from './step.ts'

/**
 * Where a run's state lives: tensors on the heap that steps overwrite in place. A step's result that was made elsewhere (running
 * statistics, the first slots, the results of a rule that ignores `out`) is copied home before the arena takes it back.
 */
export interface Home {
  readonly current: () => TrainState
  /** Takes the next state over; its tensors may be temporaries. */
  readonly settle: (next: TrainState) => void
  /** A data set where the batch kernels reach it without a copy a step. */
  readonly bring: (rows: Rows) => Rows
  readonly close: () => void
}

const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'data' in value && 'shape' in value

export const openHome = (start: TrainState): Home => {
  const owned: ArrayBufferView[] = []
  const own = <A extends Float32Array | Float64Array | Uint8Array>(kind: Kind, from: A): A => {
    const home = allocate(kind, from.length) as A
    home.set(from)
    owned.push(home)
    return home
  }
  const keep = (t: Tensor): Tensor => ({ shape: t.shape, data: own(dtypeOf(t), t.data) })
  const bring = (rows: Rows): Rows => {
    if (!(rows.data instanceof Uint8Array)) return isOnHeap(rows.data) ? rows : keep(rows as Tensor)
    const { mean, scale, data } = rows as Bytes
    return {
      shape: rows.shape,
      data: isOnHeap(data) ? data : own('uint8', data),
      mean: own('float32', mean),
      scale: own('float32', scale),
    }
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
    bring,
    close: () => {
      for (const view of owned) release(view)
      owned.length = 0
    },
  }
}
