// One run's memory: RSS, JavaScript heap and shared heap at each quarter; or, for 'allocations', what a step allocates.
import * as library from '../../dist/index.js'
import { heapBytesInUse } from '../../dist/kernels/index.js'
import { eventsOf, problemOf } from './model.mjs'
import { dataOf, workload } from './serve.mjs'

const what = process.argv.at(-2)
const asked = workload()
const { name, inputDim, numClasses, batchSize, rows } = asked
const events = eventsOf(library, asked, problemOf(library, asked, dataOf(rows, inputDim, numClasses)))

let done = 0
const stepsUntil = (count) => {
  while (done < count) if (events.next().value._tag === 'Step') done++
}

const megabytes = (value) => (value / 2 ** 20).toFixed(1)

const overTime = (total) => {
  console.log(`${name}, ${total} steps, ${library.backend().description}\n`)
  console.log('| step | RSS, MB | JS heap, MB | shared heap in use, MB |\n|---:|---:|---:|---:|')
  for (let quarter = 1; quarter <= 4; quarter++) {
    stepsUntil((total * quarter) / 4)
    globalThis.gc()
    const { rss, heapUsed } = process.memoryUsage()
    console.log(`| ${done} | ${megabytes(rss)} | ${megabytes(heapUsed)} | ${megabytes(heapBytesInUse())} |`)
  }
}

const ofOneStep = () => {
  const stepsPerEpoch = Math.floor(rows / batchSize)
  const measured = 100
  // Behind the compilers' work, and in the middle of an epoch.
  stepsUntil(2 * stepsPerEpoch + 10)
  const before = process.memoryUsage()
  const heapBefore = heapBytesInUse()
  stepsUntil(done + measured)
  const after = process.memoryUsage()
  const perStep = (from, to) => Math.round((to - from) / measured)
  console.log(
    `\nallocated a step: ${perStep(before.heapUsed, after.heapUsed)} bytes of short-lived JavaScript objects, ` +
      `${perStep(before.arrayBuffers, after.arrayBuffers)} bytes of arrays, ` +
      `${perStep(heapBefore, heapBytesInUse())} bytes of the shared heap\n`,
  )
}

if (what === 'allocations') ofOneStep()
else overTime(Number(what))
