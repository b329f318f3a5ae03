import { isMainThread } from 'node:worker_threads'
import { runSweep } from '../../../src/sweep/runSweep.ts'
import { random } from '../../../src/sweep/samplers/random.ts'
import { uniform } from '../../../src/sweep/space/index.ts'
import { sweep } from '../../../src/sweep/sweep.ts'
import { messageOf, right } from '../support.ts'

/** Runs the sweep wherever it is imported, but for the thread of the test. */
const study = sweep({
  space: { x: uniform(0, 1) },
  objective: (trial) => {
    trial.note('message', message)
    return trial.params.x
  },
  direction: 'minimize',
  sampler: random(),
  trials: 1,
})
export default study

const message = isMainThread ? '' : messageOf(await runSweep(right(study), { module: import.meta.url, workers: 1 })())
