import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runSweep } from '../../src/sweep/index.ts'
import { right } from '../sweep/support.ts'
import { where } from '../where.ts'
import { run } from './processes.ts'
import { hasServer, type Server, startServer } from './server.ts'
import slow from './studies/slow.ts'

const module = new URL('./studies/slow.ts', import.meta.url).href
const folder = mkdtempSync(join(tmpdir(), 'cachegrad-network-'))
const ip = (...words: readonly string[]): void => {
  execFileSync('ip', words, { stdio: 'ignore' })
}

// Other runs on this machine, also those that were killed, have other networks.
const net = 100 + ((2 * process.pid) % 140)

/** A machine of its own as the network sees it: a namespace, and a cable to this one. */
const machines = [net, net + 1].map((net) => ({
  name: `cachegrad${net}-${process.pid}`,
  cable: `cg${net}-${process.pid}`.slice(0, 15),
  here: `10.${net}.7.1`,
  there: `10.${net}.7.2`,
}))

const remove = (): void => {
  for (const { name, cable } of machines) {
    for (const words of [
      ['netns', 'del', name],
      ['link', 'del', cable],
    ]) {
      try {
        ip(...words)
      } catch {
        // It is not there.
      }
    }
  }
}

const plugIn = (): boolean => {
  try {
    for (const { name, cable, here, there } of machines) {
      ip('netns', 'add', name)
      ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
      ip('addr', 'add', `${here}/24`, 'dev', cable)
      ip('link', 'set', cable, 'up')
      ip('-n', name, 'addr', 'add', `${there}/24`, 'dev', 'eth0')
      ip('-n', name, 'link', 'set', 'eth0', 'up')
    }
    return true
  } catch {
    remove()
    return false
  }
}

const withMachines = where(
  hasServer && plugIn(),
  'needs redis-server or valkey-server, and the right to make network namespaces',
)

withMachines.describe('workers on other machines', () => {
  let server: Server
  beforeAll(async () => {
    server = await startServer('--requirepass', 'secret')
  })
  afterAll(async () => {
    remove()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('one is unplugged while it works: another runs its trial', { timeout: 90_000 }, async () => {
    const journal = join(folder, 'study.jsonl')
    const task = { name: 'network', module }
    const controller = run('controller', { ...task, journal, url: `redis://:secret@127.0.0.1:${server.port}` })
    const workers = machines.map(({ name, here }) => {
      const url = `redis://:secret@${here}:${server.port}`
      return run('worker', { ...task, url, workers: 1, leaseDuration: 2 }, {}, ['ip', 'netns', 'exec', name])
    })
    await controller.told('WorkerJoined', 2)
    await workers[1]?.told('Begun', 1)
    ip('link', 'set', machines[1]?.cable as string, 'down')
    expect(await controller.ended, controller.output()).toBe(0)
    expect(await workers[0]?.ended).toBe(0)
    await workers[1]?.kill()
    const { trials } = right(await runSweep(right(slow), { journal })())
    expect(trials.map(({ state }) => state)).toEqual(Array(8).fill('complete'))
    expect(trials.map(({ attempts }) => attempts).sort()).toEqual([...Array(7).fill(1), 2])
  })
})
