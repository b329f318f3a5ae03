import { random } from '../../../src/sweep/samplers/random.ts'
import { uniform } from '../../../src/sweep/space/index.ts'
import { sweep } from '../../../src/sweep/sweep.ts'

/** An objective with a mistake in it, unless the variable says that it was mended. */
export default sweep({
  space: { x: uniform(0, 1) },
  objective: ({ params }) => {
    if (process.env.MENDED === undefined) throw new Error('lerningRate is not defined')
    return params.x
  },
  direction: 'minimize',
  sampler: random(),
  trials: 6,
})
