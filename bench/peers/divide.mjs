// How the time of a step divides: each kernel of the backend is timed around its calls; what is left is everything else.
import * as library from '../../dist/index.js'
import { kernelsFor } from '../../dist/kernels/index.js'
import { eventsOf, problemOf } from './model.mjs'
import { dataOf, workload } from './serve.mjs'

const steps = Number(process.argv.at(-2))
const asked = workload()
const { name, rows, inputDim, numClasses } = asked
const events = eventsOf(library, asked, problemOf(library, asked, dataOf(rows, inputDim, numClasses)))

const spent = new Map()
const kernels = kernelsFor(new Float32Array(1))
for (const [kernel, run] of Object.entries(kernels)) {
  if (typeof run !== 'function') continue
  kernels[kernel] = (...values) => {
    const begin = performance.now()
    const result = run(...values)
    spent.set(kernel, (spent.get(kernel) ?? 0) + performance.now() - begin)
    return result
  }
}

// Every step by itself: one that the machine disturbed counts as the others do, in a median.
const oneStep = () => {
  for (;;) {
    spent.clear()
    const begin = performance.now()
    const { value } = events.next()
    const took = performance.now() - begin
    if (value._tag === 'Step') return new Map([...spent, ['a step', took]])
  }
}

for (let i = 0; i < 3; i++) oneStep()
const all = Array.from({ length: steps }, oneStep).sort((a, b) => a.get('a step') - b.get('a step'))
const median = all[Math.floor(steps / 2)]
const took = median.get('a step')
median.delete('a step')
median.set('everything else', took - [...median.values()].reduce((sum, ms) => sum + ms, 0))
console.log(
  `${name}, ${library.backend().description}\n\n| of a step of ${took.toFixed(0)} ms | ms | % |\n| --- | ---: | ---: |`,
)
for (const [kernel, ms] of [...median].sort((a, b) => b[1] - a[1])) {
  if (ms > 0.003 * took) console.log(`| ${kernel} | ${ms.toFixed(1)} | ${((100 * ms) / took).toFixed(1)} |`)
}
process.exit(0)
