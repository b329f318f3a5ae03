import { expect, test } from 'vitest'
import { wasmKernels } from '../../src/kernels/wasm.ts'
import { cases, type KernelName, numbers, ordinaryPlace } from './cases.ts'

// The promise of the strict kernels: the same bits on every machine, in every engine, whatever the place of an element.
// The inputs are made by integer arithmetic; the constants below are hashes of the outputs' bytes. A change here breaks
// somebody's reproducible run: it belongs in the changelog.

const fnv1a = (hash: number, bytes: Uint8Array): number =>
  bytes.reduce((h, byte) => Math.imul(h ^ byte, 16777619) >>> 0, hash)

const hashOf = (results: readonly (Float32Array | number)[]): string => {
  const bytes = results.map(
    (r) => new Uint8Array((typeof r === 'number' ? Float64Array.of(r) : Float32Array.from(r)).buffer),
  )
  return bytes.reduce(fnv1a, 2166136261).toString(16).padStart(8, '0')
}

const shapes = [
  [7, 13],
  [67, 37],
  [30, 150],
] as const

const expected: Readonly<Record<KernelName, string>> = {
  matmul: 'd7c05514',
  addBias: '5a0fbbe3',
  addBiasRelu: 'd494fe3c',
  columnSums: 'b08bbdf4',
  reluForward: '7e49c867',
  reluBackward: '7d792562',
  leakyReluForward: '2bba496d',
  leakyReluBackward: 'f502b403',
  sigmoidForward: '7c947af4',
  sigmoidBackward: 'e3417814',
  tanhForward: 'd8ff1247',
  tanhBackward: 'd7badafc',
  geluForward: 'd5676a4b',
  geluBackward: '31752a0d',
  add: 'f901c370',
  multiply: '9d8e8b18',
  scale: '927040d6',
  addScaled: 'd2d9966e',
  sumSquares: 'ef4adeca',
  allFinite: '5e7d5438',
  softmax: 'f270f4a2',
  softmaxLoss: 'bf4afc47',
  svmLoss: '4ca8f09d',
  batchnormForward: 'a49d93b6',
  batchnormBackward: '67499604',
  batchnormPredict: 'ff569c7d',
  layernormForward: 'efb372e9',
  layernormBackward: '79a3ff61',
  dropoutMask: '5e5b1865',
  sgd: 'bbf885c5',
  sgdMomentum: '4780bc06',
  nesterov: 'e1ab8737',
  adagrad: '2d6a5493',
  rmsprop: '7462913d',
  adam: '00af3b7c',
  gatherFloats: '0277370c',
  gatherBytes: '25c2935f',
  gatherImages: 'a1db7fa4',
}

const kernels = wasmKernels('strict')

test.each(Object.keys(cases) as KernelName[])('%s gives the promised bits', (name) => {
  const results = shapes.flatMap(([rows, columns]) => cases[name](kernels, ordinaryPlace, rows, columns))
  expect(hashOf(results)).toBe(expected[name])
})

test('the activations and the softmax loss give the promised bits over their whole range', () => {
  const x = Float32Array.from([0.001, 0.1, 1, 6, 25, 100].flatMap((s, i) => numbers(1000, i + 1).map((v) => v * s)))
  const results = (['sigmoidForward', 'tanhForward', 'geluForward'] as const).map((name) => {
    const y = new Float32Array(x.length)
    kernels[name](x, y)
    return y
  })
  const slope = new Float32Array(x.length)
  kernels.geluBackward(x, x, slope)
  const dx = new Float32Array(x.length)
  const loss = kernels.softmaxLoss(x, new Int32Array(x.length / 10).fill(3), dx)
  expect(hashOf([...results, slope, dx, loss])).toBe('e8fa2c1f')
})
