import { temporary } from '../kernels/index.ts'
import type { Batch, Model } from '../models/index.ts'
import { foldIn, gatherAugmented, type Key, permutation, randomIndices } from '../random/index.ts'
import { type Bytes, gather, rowCount } from '../tensor/index.ts'
import type { Examples } from './data.ts'
import type { Settings } from './options.ts'
import type { Plan } from './plan.ts'

/** Step number ↦ its batch: a function of the key, so a run that goes on draws what it would have drawn. */
export const batches = (
  { task, dtype }: Model<unknown>,
  { x, y }: Examples,
  { replacement, augment }: Settings,
  { batchSize, stepsPerEpoch }: Plan,
  root: Key,
): ((step: number) => Batch<unknown>) => {
  const n = rowCount(x)
  const drawKeys = foldIn(root, 'batch')
  const epochKeys = foldIn(root, 'epoch')
  const augmentKeys = foldIn(root, 'augment')
  const sideKey = foldIn(root, 'flip')
  let order: Int32Array = new Int32Array(0)
  let ordered = -1

  const indicesOf = (step: number): Int32Array => {
    if (replacement) return randomIndices(foldIn(drawKeys, step), batchSize, n)
    const epoch = Math.floor(step / stepsPerEpoch)
    if (ordered !== epoch) order = permutation(foldIn(epochKeys, epoch), n)
    ordered = epoch
    const first = (step % stepsPerEpoch) * batchSize
    const indices = temporary('int32', batchSize)
    for (let i = 0; i < batchSize; i++) indices[i] = order[first + i] as number
    return indices
  }

  return (step) => {
    const indices = indicesOf(step)
    if (augment === undefined) return { x: gather(x, indices, dtype), y: task.take(y, indices) }
    const sides = { key: sideKey, epoch: Math.floor(step / stepsPerEpoch) }
    const moved = gatherAugmented(x as Bytes, indices, augment, foldIn(augmentKeys, step), dtype, sides)
    return { x: moved, y: task.take(y, indices) }
  }
}
