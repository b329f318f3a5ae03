import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'
import { orThrow } from '../src/index.ts'
import { random, runSweep, sweep, uniform } from '../src/sweep/index.ts'

/** What the scheduler costs: trials of an empty objective, with a journal. Prints Markdown. */

const TRIALS = 10_000

const study = sweep({
  space: { x: uniform(0, 1) },
  objective: ({ params }) => params.x,
  direction: 'minimize',
  sampler: random(),
  trials: TRIALS,
})
export default study

const MB = 2 ** 20

const measure = async (workers: number | undefined): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-overhead-'))
  const journal = join(folder, 'study.jsonl')
  const where = workers === undefined ? {} : { module: import.meta.url, workers }
  // What the process holds after each quarter of the trials.
  const quarters: number[] = []
  let [began, ended] = [0, 0]
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const see = ({ _tag }: { readonly _tag: string }): void => {
    if (_tag === 'Begun' && began++ === 0) delay.enable()
    if (_tag === 'Ended' && ++ended % (TRIALS / 4) === 0) quarters.push(process.memoryUsage().rss / MB)
  }
  let first = 0
  const start = performance.now()
  const result = orThrow(
    await runSweep(orThrow(study), {
      ...where,
      journal,
      see: (event) => {
        if (event._tag === 'Begun' && first === 0) first = performance.now()
        see(event)
      },
    })(),
  )
  const end = performance.now()
  delay.disable()
  const reopening = performance.now()
  const again = orThrow(await runSweep(orThrow(study), { ...where, journal })())
  if (result.done !== TRIALS || again.done !== 0) throw new Error('not all trials were run once')
  const row = [
    workers === undefined ? 'calling thread' : `${workers} workers`,
    ((end - first) / TRIALS).toFixed(3),
    ((first - start) / 1000).toFixed(2),
    (delay.percentile(99) / 1e6).toFixed(1),
    ((performance.now() - reopening) / 1000).toFixed(2),
    (statSync(journal).size / MB).toFixed(1),
    quarters.map((rss) => rss.toFixed(0)).join(', '),
  ]
  console.log(`| ${row.join(' | ')} |`)
  rmSync(folder, { recursive: true })
}

if (isMainThread) {
  console.log(`${TRIALS} trials of an empty objective, with a journal, Node ${process.version}`)
  console.log()
  console.log(
    '| where | ms a trial | start, s | delay of the event loop, p99, ms | reopened in, s | journal, MB | RSS by quarter, MB |',
  )
  console.log('|---|---:|---:|---:|---:|---:|---|')
  await measure(undefined)
  await measure(2)
}
