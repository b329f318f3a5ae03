// One convolution, forward and backward to x, w and b, on arrays of the heap.
import { backend, convBackward, convForward } from '../../dist/index.js'
import { allocate, scoped } from '../../dist/kernels/index.js'
import { serve, timed, workload } from './serve.mjs'

const {
  batchSize,
  convolution: { channels, filters, size },
} = workload()

const drawn = (...shape) => {
  const data = allocate(
    'float32',
    shape.reduce((product, n) => product * n, 1),
  )
  for (let i = 0; i < data.length; i++) data[i] = ((i * 7919) % 1000) / 1000 - 0.5
  return { shape, data }
}

const x = drawn(batchSize, channels, size, size)
const [w, b] = [drawn(filters, channels, 3, 3), drawn(filters)]
const dout = drawn(batchSize, filters, size, size)

const step = () => {
  scoped(() => {
    convBackward(dout, convForward(x, w, b, { pad: 1 })[1])
  })
}

await serve(backend().description, timed(step))
