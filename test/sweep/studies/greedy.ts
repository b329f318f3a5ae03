import { allocate } from '../../../src/kernels/index.ts'
import { random } from '../../../src/sweep/samplers/random.ts'
import { uniform } from '../../../src/sweep/space/index.ts'
import { sweep } from '../../../src/sweep/sweep.ts'

/** Each trial's worker takes 100 MB of the heap and dies; the second one sees how far out its array lies. */
export default sweep({
  space: { x: uniform(0, 1) },
  objective: (trial) => {
    const { byteOffset, byteLength } = allocate('uint8', 100 * 2 ** 20)
    if (trial.attempt === 1) process.exit(1)
    trial.note('end', (byteOffset + byteLength) / 2 ** 20)
    return trial.params.x
  },
  direction: 'minimize',
  sampler: random(),
  trials: 4,
})
