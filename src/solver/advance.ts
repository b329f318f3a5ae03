import { scoped } from '../kernels/index.ts'
import { average, averageDecay } from '../optim/index.ts'
import { foldIn } from '../random/index.ts'
import type { Fault } from './events.ts'
import { faultOfStep } from './fault.ts'
import type { Running } from './running.ts'
import { step } from './step.ts'

/** Takes the weights after so many steps into their average, where there is one and its turn has come. */
const averageIn = ({ settings, average: averages, home }: Running, steps: number): void => {
  const { decay = 0, every = 1 } = settings.average ?? {}
  if (averages === undefined || steps % every !== 0) return
  const { params, state } = home.current().weights
  const keep = averageDecay(decay, steps / every)
  average(averages.params, params, keep)
  average(averages.state, state, keep)
}

/** One update in place; its loss, or why it was not made. */
export const advance = (running: Running, done: number, learningRate: number): number | Fault =>
  scoped(() => {
    const { model, settings, plan, groupsAt, home, batchOf, stepKeys } = running
    const batch = batchOf(done)
    const current = home.current()
    const key = foldIn(stepKeys, done)
    const { rule, optimConfig, clipNorm, clipValue } = settings
    const { learns, each } = groupsAt(done / plan.stepsPerEpoch)
    const optimizer = { learns, each, rule, optimConfig, clipNorm, clipValue, learningRate }
    const { state, loss, fault } = step(model, optimizer, current, batch, key, current)
    if (fault !== undefined) {
      const attempt = { weights: current.weights, batch, key, step: done + 1, loss, learningRate }
      return faultOfStep(model, attempt, fault)
    }
    if (state !== current) home.settle(state)
    averageIn(running, done + 1)
    return loss
  })
