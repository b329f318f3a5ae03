// One product of square matrices, which tells what a matrix kernel can reach at best.
import { backend } from '../../dist/index.js'
import { allocate, kernelsFor } from '../../dist/kernels/index.js'
import { serve, timed, workload } from './serve.mjs'

const { square: n } = workload()
const [a, b, out] = [1, 2, 3].map((seed) => {
  const array = allocate('float32', n * n)
  for (let i = 0; i < array.length; i++) array[i] = ((i * 7919 * seed) % 1000) / 1000 - 0.5
  return array
})
const kernels = kernelsFor(out)

await serve(
  backend().description,
  timed(() => kernels.matmul(false, false, n, n, n, a, b, out)),
)
