// The limit: only the matrix products of a step, on arrays of the same sizes; through the same kernels, or with
// BENCH_THREADS straight through OpenBLAS and that many threads of its own.
import koffi from 'koffi'
import { backend } from '../../dist/index.js'
import { allocate, kernelsFor } from '../../dist/kernels/index.js'
import { serve, timed, workload } from './serve.mjs'

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

const throughOpenBlas = (threads) => {
  const library = koffi.load('libopenblas.so.0')
  library.func('void openblas_set_num_threads(int threads)')(threads)
  const sgemm = library.func(
    'void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, const void *a, int lda, ' +
      'const void *b, int ldb, float beta, void *c, int ldc)',
  )
  return (transA, transB, m, n, k, a, b, c) => {
    sgemm(101, transA ? 112 : 111, transB ? 112 : 111, m, n, k, 1, a, transA ? m : k, b, transB ? k : n, 0, c, n)
  }
}

const threads = Number(process.env.BENCH_THREADS ?? 0)
const matmul = threads > 0 ? throughOpenBlas(threads) : kernelsFor(weights[0]).matmul
const what = threads > 0 ? `OpenBLAS, its own threads: ${threads}` : backend().description

const forward = () => {
  weights.forEach((w, i) => {
    matmul(false, false, batchSize, dims[i + 1], dims[i], activations[i], w, activations[i + 1])
  })
}

const backward = () => {
  for (let i = weights.length - 1; i >= 0; i--) {
    if (i > 0) matmul(false, true, batchSize, dims[i], dims[i + 1], errors[i + 1], weights[i], errors[i])
    matmul(true, false, dims[i], dims[i + 1], batchSize, activations[i], errors[i + 1], gradients[i])
  }
}

const step = () => {
  if (evaluate) for (let row = 0; row < rows; row += batchSize) forward()
  else {
    forward()
    backward()
  }
}

await serve(`matrix products alone: ${what}`, timed(step))
