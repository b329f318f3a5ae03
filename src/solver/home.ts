import * as R from 'fp-ts/lib/ReadonlyRecord.js'
import { allocate, isOnHeap, type Kind, release } from '../kernels/index.ts'
import type { Weights } from '../models/index.ts'
import {
  type Bytes,
  copyInto,
  type Dtype,
  dtypeOf,
  isBytes,
  isTensor,
  type Rows,
  snapshot,
  type Tensor,
  type Tensors,
} from '../tensor/index.ts'
import type { RuleConfigs, TrainState } from './step.ts'

/**
 * Where a run's state lives: tensors on the heap that steps overwrite in place. A step's result that was made elsewhere (running
 * statistics, the first slots, the results of a rule that ignores `out`) is copied home before the arena takes it back.
 */
export interface Home {
  readonly current: () => TrainState
  /** Takes the next state over; its tensors may be temporaries. */
  readonly settle: (next: TrainState) => void
  /** A copy that steps may write to. */
  readonly keep: (weights: Weights) => Weights
  /** A data set where the batch kernels reach it without a copy a step, floats in the net's precision. */
  readonly bring: (rows: Rows, dtype: Dtype) => Rows
  readonly close: () => void
}

export const openHome = (): Home => {
  const owned = new Set<ArrayBufferView>()
  const own = <A extends Float32Array | Float64Array | Uint8Array>(kind: Kind, from: A): A => {
    const home = allocate(kind, from.length) as A
    home.set(from)
    owned.add(home)
    return home
  }
  const keep = (t: Tensor): Tensor => ({ shape: t.shape, data: own(dtypeOf(t), t.data) })
  const bring = (rows: Rows, dtype: Dtype): Rows => {
    if (!isBytes(rows)) {
      const ready = isOnHeap(rows.data) && dtypeOf(rows) === dtype
      return ready ? rows : { shape: rows.shape, data: own(dtype, rows.data) }
    }
    const { mean, scale, data }: Bytes = rows
    return {
      shape: rows.shape,
      data: isOnHeap(data) ? data : own('uint8', data),
      mean: own('float32', mean),
      scale: own('float32', scale),
    }
  }
  // A result may hold a tensor that lies here under another name, e.g. a slot with the last weights; copied before anything is written.
  const detached = (home: Tensor | undefined, next: Tensor): Tensor =>
    owned.has(next.data) && next.data !== home?.data ? snapshot(next) : next
  const detachAll = (homes: Tensors, next: Tensors): Tensors => {
    let safe = next
    for (const name in next) {
      const tensor = detached(homes[name], next[name] as Tensor)
      if (tensor !== next[name]) safe = { ...safe, [name]: tensor }
    }
    return safe
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
  /** Puts what `place` makes of each slot into its config. */
  const replaceSlots = (
    homes: RuleConfigs,
    next: RuleConfigs,
    place: (home: Tensor | undefined, next: Tensor) => Tensor,
  ): void => {
    for (const name in next) {
      const config = next[name] as Record<string, unknown> & { learningRate: number }
      const home = homes[name] as Record<string, unknown> | undefined
      for (const slot in config) {
        const value = config[slot]
        if (isTensor(value)) config[slot] = place(home?.[slot] as Tensor | undefined, value)
      }
    }
  }
  /** Takes back what a weight that does not learn any more has of the rule. */
  const dropSlots = (homes: RuleConfigs, next: RuleConfigs): void => {
    for (const name in homes) {
      if (next[name] !== undefined) continue
      for (const slot of Object.values(homes[name] as object)) {
        if (isTensor(slot) && owned.delete(slot.data)) release(slot.data)
      }
    }
  }
  let state: TrainState = { weights: { params: {}, state: {} }, configs: {} }
  const settle = (next: TrainState): void => {
    const { weights, configs } = state
    replaceSlots(configs, next.configs, detached)
    const newParams = detachAll(weights.params, next.weights.params)
    const newStatistics = detachAll(weights.state, next.weights.state)
    const params = settleAll(weights.params, newParams)
    const statistics = settleAll(weights.state, newStatistics)
    replaceSlots(configs, next.configs, settleTensor)
    dropSlots(configs, next.configs)
    const unmoved = params === weights.params && statistics === weights.state
    state = { weights: unmoved ? weights : { params, state: statistics }, configs: next.configs }
  }
  return {
    current: () => state,
    settle,
    keep: ({ params, state: statistics }) => ({ params: R.map(keep)(params), state: R.map(keep)(statistics) }),
    bring,
    close: () => {
      for (const view of owned) release(view)
      owned.clear()
    },
  }
}
