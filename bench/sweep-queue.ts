import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { Redis } from 'ioredis'
import { orThrow } from '../src/index.ts'
import { onQueue, workOnQueue } from '../src/queue/index.ts'
import { median, random, runSweep, sweep, uniform } from '../src/sweep/index.ts'
import { startServer } from '../test/queue/server.ts'

/**
 * What the queue costs: trials of an empty objective through a Redis server of its own (append-only file on) and one worker process,
 * without a pruner and with one, which needs the results of the trials before. Prints Markdown.
 */

const TRIALS = 10_000
const MB = 2 ** 20
const PRUNED = process.env.PRUNED !== undefined

const study = sweep({
  space: { x: uniform(0, 1) },
  objective: (trial) => {
    trial.report(0, trial.params.x)
    return trial.params.x
  },
  direction: 'minimize',
  sampler: random(),
  ...(PRUNED ? { pruner: median({ generation: 100 }) } : {}),
  trials: TRIALS,
})
export default study

const { url, role } = { url: process.argv[3] ?? '', role: process.argv[2] }
const at = (address: string) => ({ url: address, name: 'overhead', module: import.meta.url })

const usedBy = async (client: Redis): Promise<number> =>
  Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]) / MB

const control = async (address: string): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-overhead-'))
  const client = new Redis(address)
  const used: Promise<number>[] = []
  let [first, last, ended] = [0, 0, 0]
  const see = ({ _tag }: { readonly _tag: string }): void => {
    if (_tag === 'WorkerJoined') used.push(usedBy(client))
    if (_tag !== 'Ended') return
    last = performance.now()
    if (ended++ === 0) first = last
    if (ended % (TRIALS / 4) === 0) used.push(usedBy(client))
  }
  const result = orThrow(
    await runSweep(orThrow(study), { pool: onQueue(at(address)), journal: join(folder, 'study.jsonl'), see })(),
  )
  if (result.done !== TRIALS) throw new Error('not all trials were run once')
  const memory = (await Promise.all(used)).map((megabytes) => megabytes.toFixed(1))
  const row = [
    PRUNED ? 'median, generations of 100' : 'none',
    ((last - first) / TRIALS).toFixed(2),
    memory.join(', '),
    (await usedBy(client)).toFixed(1),
    (process.memoryUsage().rss / MB).toFixed(0),
  ]
  console.log(`| ${row.join(' | ')} |`)
  client.disconnect()
  rmSync(folder, { recursive: true })
}

const start = (part: string, address: string, env: NodeJS.ProcessEnv): Promise<void> =>
  new Promise((resolve, reject) => {
    const words = ['--import', import.meta.resolve('tsx'), fileURLToPath(import.meta.url), part, address]
    const child = spawn(process.execPath, words, { stdio: 'inherit', env: { ...process.env, ...env } })
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${part} ended with ${code}`))))
  })

if (isMainThread && role === 'controller') await control(url)
else if (isMainThread && role === 'worker') orThrow(await workOnQueue(orThrow(study), { ...at(url), workers: 2 })())
else if (isMainThread) {
  console.log(
    `${TRIALS} trials of an empty objective through Redis, one worker of 2 threads, Node ${process.version}\n`,
  )
  console.log(
    '| pruner | ms a trial | Redis, MB: at first and by quarter | Redis, MB: at the end | controller, RSS, MB |',
  )
  console.log('|---|---:|---|---:|---:|')
  for (const env of [{}, { PRUNED: 'yes' }]) {
    const server = await startServer()
    await Promise.all([start('controller', server.url, env), start('worker', server.url, env)])
    await server.stop()
  }
}
