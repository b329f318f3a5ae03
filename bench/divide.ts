import { performance } from 'node:perf_hooks'
import {
  affine,
  backend,
  batchnorm,
  bytes,
  classifier,
  conv,
  gelu,
  maxPool,
  network,
  orThrow,
  relu,
  train,
} from '../src/index.ts'
import { kernelsFor } from '../src/kernels/index.ts'
import { workloads } from './workloads.ts'

/** How the time of a step of a net of images divides among the kernels. Prints Markdown: npx tsx bench/divide.ts [C3 [steps]] */

const [name = 'C3', steps = '5'] = process.argv.slice(2)
const workload = workloads.find((candidate) => candidate.name === name)
if (workload?.layers === undefined) throw new Error(`'${name}' is no net of images; there are C1, C2, C3`)
const { layers, batchSize, rule, learningRate } = workload

const net = network(
  layers.map((layer, i) => {
    if (layer[0] === 'conv') {
      const isNormalized = layers.slice(i + 1).find(([kind]) => kind !== 'maxPool')?.[0] === 'batchnorm'
      return conv(layer[1], { filterSize: layer[2], pad: layer[3], bias: !isNormalized })
    }
    if (layer[0] === 'maxPool') return maxPool(layer[1])
    if (layer[0] === 'affine') return affine(layer[1])
    return layer[0] === 'batchnorm' ? batchnorm() : layer[0] === 'relu' ? relu : gelu
  }),
)

const rows = 4 * batchSize
const data = {
  xTrain: bytes(
    [rows, 3, 32, 32],
    Uint8Array.from({ length: rows * 3072 }, (_, i) => (i * 7919) % 251),
    127.5,
    1 / 73.9,
  ),
  yTrain: Int32Array.from({ length: rows }, (_, i) => i % 10),
}
const options = { updateRule: rule, optimConfig: { learningRate }, batchSize, numIterations: 1e9, numTrainSamples: 1 }
const events = orThrow(train(classifier(net, { inShape: [3, 32, 32] }), data, options as object))

const spent = new Map<string, number>()
const kernels = kernelsFor(new Float32Array(1)) as unknown as Record<string, unknown>
for (const [kernel, run] of Object.entries(kernels)) {
  if (typeof run !== 'function') continue
  kernels[kernel] = (...values: unknown[]): unknown => {
    const begin = performance.now()
    const result = run(...values)
    spent.set(kernel, (spent.get(kernel) ?? 0) + performance.now() - begin)
    return result
  }
}

const take = (count: number): number => {
  let took = 0
  for (let done = 0; done < count; ) {
    const before = new Map(spent)
    const begin = performance.now()
    const { value } = events.next()
    if ((value as { _tag: string })._tag === 'Step') {
      took += performance.now() - begin
      done++
    } else {
      // An evaluation between epochs is no part of a step.
      spent.clear()
      for (const [kernel, ms] of before) spent.set(kernel, ms)
    }
  }
  return took
}

take(3)
spent.clear()
const count = Number(steps)
const all = take(count)
const rest = all - [...spent.values()].reduce((sum, ms) => sum + ms, 0)
console.log(
  `${name}, ${backend().description}\n\n| of a step of ${(all / count).toFixed(0)} ms | ms | % |\n| --- | ---: | ---: |`,
)
for (const [kernel, ms] of [...spent, ['everything else', rest] as const].sort((a, b) => b[1] - a[1])) {
  if (ms > 0.003 * all) console.log(`| ${kernel} | ${(ms / count).toFixed(1)} | ${((100 * ms) / all).toFixed(1)} |`)
}
