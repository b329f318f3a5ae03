import { expect, test } from 'vitest'
import { kernelNames, signatures } from '../../src/kernels/signatures.ts'
import { cases, numbers, openedWasm, ordinaryPlace, samples } from './cases.ts'

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

const kernels = openedWasm('strict')

test.each(kernelNames)('%s gives the promised bits', (name) => {
  const results = shapes.flatMap(([rows, columns]) => cases[name](kernels, ordinaryPlace, rows, columns))
  expect(hashOf(results)).toBe(samples[name].bits)
})

const innerNames = kernelNames.filter((name) => (signatures[name] as readonly string[]).includes('inner'))

test.each(innerNames)('%s gives the promised bits where a column has several elements a row', (name) => {
  const results = [
    [5, 3, 4],
    [2, 17, 63],
    [1, 33, 961],
  ].flatMap(([rows = 0, columns = 0, inner]) => cases[name](kernels, ordinaryPlace, rows, columns, inner))
  expect(hashOf(results)).toBe(samples[name].innerBits)
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
