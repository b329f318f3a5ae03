import { outlineParts } from '../layers/index.ts'
import type { Model } from './model.ts'

/** Why a net cannot learn from batches of so many rows, if it cannot. */
export const batchFault = ({ net, inShape }: Model<unknown>, rows: number): string | undefined => {
  if (net === undefined) return undefined
  let fault: string | undefined
  outlineParts(net, inShape, (name, outlineOfPart) => {
    const outline = outlineOfPart()
    if (outline.fewestRows > rows) {
      fault ??= `${name} takes statistics of a batch, so it needs at least ${outline.fewestRows} rows, but a step has ${rows}; use a larger batch, or layernorm`
    }
    return outline
  })
  return fault
}
