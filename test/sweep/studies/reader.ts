import { setTimeout as pause } from 'node:timers/promises'
import { allocate, backend, isOnHeap } from '../../../src/kernels/index.ts'
import { random } from '../../../src/sweep/samplers/random.ts'
import { choice, uniform } from '../../../src/sweep/space/index.ts'
import { sweep } from '../../../src/sweep/sweep.ts'
import { gather, isBytes, type Rows } from '../../../src/tensor/index.ts'

const MB = 2 ** 20
const COLUMNS = 1024

/** As many MB of bytes as the variable says, on the heap, like CIFAR-10's; and small arrays that are not. */
const data = () => {
  const size = Number(process.env.READER_MB ?? 1) * MB
  const bytes = allocate('uint8', size)
  for (let i = 0; i < size; i++) bytes[i] = i
  const x: Rows = {
    shape: [size / COLUMNS, COLUMNS],
    data: bytes,
    mean: new Float32Array(COLUMNS).fill(1),
    scale: new Float32Array(COLUMNS).fill(2),
  }
  return { x, y: Int32Array.of(3, 1, 2), odd: Int16Array.of(-5, 5), names: ['a', 'b'] }
}

/** Looks at every byte that it was given, and says what it found and how large the process was meanwhile. */
export default sweep({
  space: { x: uniform(0, 1), kind: choice(['a', 'b']) },
  data,
  objective: async (trial, { x, y, odd, names }) => {
    if (!isBytes(x)) throw new Error('bytes are no bytes any more')
    let sum = 0
    for (let i = 0; i < x.data.length; i++) sum += x.data[i] as number
    await pause(300)
    trial.note('sum', sum)
    trial.note('rss', process.memoryUsage().rss)
    trial.note('onHeap', [isOnHeap(x.data), isOnHeap(x.mean), isOnHeap(y)])
    trial.note('others', [...y, ...odd, names.join()])
    trial.note('first', Array.from(gather(x, Int32Array.of(1)).data.subarray(0, 3)))
    trial.note('backend', backend().description)
    return trial.params.x
  },
  direction: 'minimize',
  sampler: random(),
  trials: 3,
})
