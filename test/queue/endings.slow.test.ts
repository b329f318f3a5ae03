import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runSweep } from '../../src/sweep/index.ts'
import diskful from '../sweep/studies/diskful.ts'
import { essence, right } from '../sweep/support.ts'
import { type Running, run } from './processes.ts'
import { type Server, startServer, withServer } from './server.ts'

withServer.describe('a worker ends by itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-endings-'))
  const running: Running[] = []
  let server: Server
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(async () => {
    for (const { child } of running) child.kill('SIGKILL')
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const begin = (
    role: 'controller' | 'worker',
    name: string,
    module: string,
    options: object = {},
    env = {},
  ): Running => {
    const one = run(role, { url: server.url, name, module, ...options }, env)
    running.push(one)
    return one
  }
  const warnings = ({ events }: Running): readonly unknown[] =>
    events.filter(({ _tag }) => _tag === 'Warned').map(({ message }) => message)

  test('where its disk is full: its trial waits, the others go on', { timeout: 90_000 }, async () => {
    const module = new URL('../sweep/studies/diskful.ts', import.meta.url).href
    const journal = join(folder, 'full.jsonl')
    const full = join(folder, 'FULL')
    writeFileSync(full, '')
    const controller = begin('controller', 'full', module, { journal })
    const fullWorker = begin('worker', 'full', module, { workers: 2 }, { FULL: full })
    expect(await fullWorker.ended).toBe(1)
    const sentence = 'the training broke off (ENOSPC: no more of it, write); make room'
    expect(fullWorker.output()).toContain(`workOnQueue: ${sentence}`)
    begin('worker', 'full', module, { workers: 2 })
    expect(await controller.ended, controller.output()).toBe(0)
    expect(warnings(controller)).toContainEqual(
      expect.stringMatching(/\(process \d+\) stopped: .*\(ENOSPC: no more of it/),
    )
    const study = right(diskful)
    const { trials, done } = right(await runSweep(study, { journal })())
    expect(done).toBe(0)
    expect(essence(trials)).toEqual(essence(right(await runSweep(study)()).trials))
  })

  test('where it was absent when the study ended, and the server has forgotten it', { timeout: 90_000 }, async () => {
    const module = new URL('./studies/slow.ts', import.meta.url).href
    const controller = begin('controller', 'absent', module, { journal: join(folder, 'absent.jsonl') })
    const absent = begin('worker', 'absent', module, { workers: 1, leaseDuration: 2 })
    await controller.told('Reported', 2)
    absent.child.kill('SIGSTOP')
    const other = begin('worker', 'absent', module, { workers: 8, leaseDuration: 2 })
    expect(await controller.ended, controller.output()).toBe(0)
    expect(await other.ended, other.output()).toBe(0)
    const client = new Redis(server.url)
    // As after a minute, in which the server would forget it too.
    await client.flushall()
    absent.child.kill('SIGCONT')
    expect(await Promise.race([absent.ended, pause(30_000)]), absent.output()).toBe(0)
    expect(warnings(absent)).toContain(
      "workOnQueue: study 'absent' is not on the server any more: it has ended, or the server has lost it; this worker ends",
    )
    expect((await client.keys('*')).filter((key) => key.startsWith('cachegrad-study:'))).toEqual([])
    client.disconnect()
  })
})
