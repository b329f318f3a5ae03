import { scoped } from '../kernels/index.ts'
import { foldIn } from '../random/index.ts'
import type { Fault } from './events.ts'
import { faultOfStep } from './fault.ts'
import type { Running } from './running.ts'
import { step } from './step.ts'

/** One update in place; its loss, or why it was not made. */
export const advance = (
  { model, settings, plan, groupsAt, home, batchOf, stepKeys }: Running,
  done: number,
  learningRate: number,
): number | Fault =>
  scoped(() => {
    const batch = batchOf(done)
    const current = home.current()
    const key = foldIn(stepKeys, done)
    const { rule, optimConfig, clipNorm, clipValue } = settings
    const groups = groupsAt(done / plan.stepsPerEpoch)
    const optimizer = { ...groups, rule, optimConfig, clipNorm, clipValue, learningRate }
    const { state, loss, fault } = step(model, optimizer, current, batch, key, current)
    if (fault !== undefined) {
      const attempt = { weights: current.weights, batch, key, step: done + 1, loss, learningRate }
      return faultOfStep(model, attempt, fault)
    }
    if (state !== current) home.settle(state)
    return loss
  })
