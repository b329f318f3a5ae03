// The limit: only the matrix products of a step, through the same kernels, on arrays of the same sizes.
import { backend } from '../../dist/index.js'
import { allocate, kernelsFor } from '../../dist/kernels/index.js'
import { serve, workload } from './serve.mjs'

const { inputDim, hiddenDims, numClasses, batchSize, rows, evaluate } = workload()
const dims = [inputDim, ...hiddenDims, numClasses]

const filled = (length) => {
  const array = allocate('float32', length)
  for (let i = 0; i < length; i++) array[i] = ((i * 7919) % 1000) / 1000 - 0.5
  return array
}

const activations = dims.map((dim) => filled(batchSize * dim))
const errors = dims.map((dim) => filled(batchSize * dim))
const weights = dims.slice(1).map((dim, i) => filled(dims[i] * dim))
const gradients = weights.map((w) => filled(w.length))
const kernels = kernelsFor(weights[0])

const forward = () => {
  weights.forEach((w, i) => {
    kernels.matmul(false, false, batchSize, dims[i + 1], dims[i], activations[i], w, activations[i + 1])
  })
}

const backward = () => {
  for (let i = weights.length - 1; i >= 0; i--) {
    if (i > 0) kernels.matmul(false, true, batchSize, dims[i], dims[i + 1], errors[i + 1], weights[i], errors[i])
    kernels.matmul(true, false, dims[i], dims[i + 1], batchSize, activations[i], errors[i + 1], gradients[i])
  }
}

const step = () => {
  if (evaluate) for (let row = 0; row < rows; row += batchSize) forward()
  else {
    forward()
    backward()
  }
}

await serve(`matrix products alone: ${backend().description}`, (count) => {
  const start = performance.now()
  for (let i = 0; i < count; i++) step()
  return (performance.now() - start) / 1000
})
