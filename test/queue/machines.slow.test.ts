import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, expect, test } from 'vitest'
import { runSweep } from '../../src/sweep/index.ts'
import { essence, right } from '../sweep/support.ts'
import { type Running, run } from './processes.ts'
import { startServer, withServer } from './server.ts'

const folder = mkdtempSync(join(tmpdir(), 'cachegrad-machines-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const module = new URL('./studies/steps.ts', import.meta.url).href

/** Kills a worker that has just begun a trial. */
const killAtWork = async (worker: Running): Promise<void> => {
  await worker.told('Begun', worker.events.filter(({ _tag }) => _tag === 'Begun').length + 1)
  await worker.kill()
}

withServer.describe('a controller and three workers', () => {
  test('two workers and the controller are killed, the server is restarted: the same table as with one worker here', {
    timeout: 180_000,
  }, async () => {
    const { default: study } = await import('./studies/steps.ts')
    const quiet = right(await runSweep(right(study))())
    expect(new Set(quiet.trials.map(({ state }) => state)).size).toBe(4)

    const server = await startServer()
    const journal = join(folder, 'study.jsonl')
    const at = { url: server.url, name: 'study', module }
    const pace = { PACE: '40' }
    const controller = (): Running => run('controller', { ...at, journal })
    const worker = (): Running =>
      run('worker', { ...at, workers: 2, leaseDuration: 2, folder: join(folder, 'shared') }, pace)
    const running: Running[] = []
    try {
      const first = controller()
      const workers = [worker(), worker(), worker()]
      running.push(first, ...workers)
      await first.told('Ended', 8)
      await killAtWork(workers[0] as Running)
      await first.told('Ended', 16)
      await first.kill()
      // Its workers go on meanwhile.
      const second = controller()
      running.push(second)
      await second.told('Ended', 4)
      await server.restart('SIGTERM', 500)
      await second.told('Ended', 10)
      await killAtWork(workers[1] as Running)
      running.push(worker())
      expect(await second.ended, second.output()).toBe(0)
      expect(await workers[2]?.ended).toBe(0)

      const { trials, done } = right(await runSweep(right(study), { journal })())
      expect(done).toBe(0)
      expect(essence(trials)).toEqual(essence(quiet.trials))
      // What the killed ones had begun was begun again.
      expect(trials.some(({ attempts }) => attempts > 1)).toBe(true)
      const finals = readFileSync(journal, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ op_code, state }) => op_code === 6 && state >= 1 && state <= 3)
      expect(new Set(finals.map(({ trial_id }) => trial_id)).size).toBe(60)
      expect(finals).toHaveLength(60)
      // No checkpoint is left, and in Redis nothing that lasts, but at times BullMQ's settings.
      expect(readdirSync(join(folder, 'shared'))).toEqual([])
      const client = new Redis(server.url)
      const keys = await client.keys('*')
      expect(keys).toContain('cachegrad-study:study:bill')
      const lives = await Promise.all(keys.map((key) => client.ttl(key)))
      expect(keys.filter((key, i) => lives[i] === -1 && key !== 'cachegrad:study:meta')).toEqual([])
      client.disconnect()
    } finally {
      for (const { child } of running) child.kill('SIGKILL')
      await server.stop()
    }
  })
})
