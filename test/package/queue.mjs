import { orThrow } from 'cachegrad'
import { onQueue } from 'cachegrad/queue'
import { logUniform, random, runSweep, sweep } from 'cachegrad/sweep'

const study = sweep({
  space: { x: logUniform(0.01, 1) },
  objective: ({ params }) => params.x,
  direction: 'minimize',
  sampler: random(),
  trials: 3,
})
const pool = onQueue({ url: 'redis://:secret@127.0.0.1:1', name: 'queue', module: import.meta.url })
const ended = await runSweep(orThrow(study), { pool })()
console.log(ended._tag === 'Left' ? ended.left.message : 'it ran')
