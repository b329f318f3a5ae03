import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runSweep } from '../../src/sweep/index.ts'
import { right } from '../sweep/support.ts'
import { type Running, run } from './processes.ts'
import { type Server, startServer, withServer } from './server.ts'
import steps from './studies/slow.ts'

const module = new URL('./studies/slow.ts', import.meta.url).href
const study = right(steps)

withServer.describe('attempts of a trial', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-attempts-'))
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
  const begin = (role: 'controller' | 'worker', name: string, options: object = {}, env = {}): Running => {
    const one = run(role, { url: server.url, name, module, ...options }, env)
    running.push(one)
    return one
  }
  const journalOf = (name: string): string => join(folder, `${name}.jsonl`)
  /** What a journal says, without opening it. */
  const trialsIn = (path: string): readonly string[] => {
    const states = new Map<number, number>()
    for (const line of readFileSync(path, 'utf8').trimEnd().split('\n')) {
      const { op_code, trial_id, state } = JSON.parse(line)
      if (op_code === 6) states.set(trial_id, state)
    }
    return [...states.values()].map((state) => (state === 4 ? 'waiting' : `state ${state}`))
  }
  const recorded = async (name: string) => right(await runSweep(study, { journal: journalOf(name) })())

  test('with a shared folder a trial goes on where its machine died', { timeout: 60_000 }, async () => {
    const work = { leaseDuration: 2, workers: 1, folder: join(folder, 'shared') }
    const controller = begin('controller', 'shared', { journal: journalOf('shared') })
    const first = begin('worker', 'shared', work)
    await controller.told('Reported', 4)
    await first.kill()
    begin('worker', 'shared', work)
    expect(await controller.ended, controller.output()).toBe(0)
    const { trials, done } = await recorded('shared')
    expect(done).toBe(0)
    expect(trials.map(({ attempts }) => attempts)).toEqual([2, ...Array(7).fill(1)])
    expect(trials[0]?.notes.start).toBeGreaterThanOrEqual(3)
    expect(trials[0]?.reported).toHaveLength(6)
    expect(controller.events.find(({ _tag }) => _tag === 'Retried')).toMatchObject({
      number: 0,
      reason: expect.stringContaining('its worker died or was cut off'),
    })
  })

  test('the first result counts, a late one is told of', { timeout: 60_000 }, async () => {
    const controller = begin('controller', 'late', { journal: journalOf('late') })
    // The last trial waits until the late result was told of: a controller that has all results waits for no other.
    const gate = join(folder, 'gate')
    const env = { CACHEGRAD_TEST_GATE: gate }
    const frozen = begin('worker', 'late', { leaseDuration: 2, workers: 1 }, env)
    await controller.told('Reported', 2)
    // As a machine that is cut off from the network: it computes no further, and comes back.
    frozen.child.kill('SIGSTOP')
    const other = begin('worker', 'late', { leaseDuration: 2, workers: 2 }, env)
    while (!other.events.some(({ _tag, number }) => _tag === 'Begun' && number === 0)) await pause(50)
    frozen.child.kill('SIGCONT')
    await controller.told('Warned', 1)
    writeFileSync(gate, '')
    expect(await controller.ended, controller.output()).toBe(0)
    const ends = controller.events.filter(({ _tag }) => _tag === 'Ended')
    expect(ends).toHaveLength(8)
    const warned = controller.events.filter(({ _tag }) => _tag === 'Warned').map(({ message }) => message)
    expect(warned).toEqual([
      expect.stringMatching(
        /^trial 0: another result, of .* came late and is recorded and ignored \(trial-0-[12]-\w+: complete/,
      ),
    ])
    expect((await recorded('late')).trials[0]).toMatchObject({ state: 'complete', attempts: 2 })
    // What came late is in the journal, and changes nothing there.
    const lines = readFileSync(journalOf('late'), 'utf8').split('\n')
    expect(lines.filter((line) => line.includes('"cachegrad:late trial-0-'))).toEqual([
      expect.stringMatching(/^\{"op_code":8,.*"state":"complete","value":[\d.e-]+,"worker":".* \(process \d+\)"/),
    ])
  })

  test('a worker that is told to stop gives its trial back at once', { timeout: 60_000 }, async () => {
    const controller = begin('controller', 'leaves', { journal: journalOf('leaves') })
    const leaves = begin('worker', 'leaves', { workers: 1 })
    await controller.told('Reported', 2)
    await leaves.kill('SIGTERM')
    begin('worker', 'leaves', { workers: 1 })
    expect(await controller.ended, controller.output()).toBe(0)
    expect((await recorded('leaves')).trials.map(({ attempts }) => attempts)).toEqual(Array(8).fill(1))
  })

  test('a server that forgets all is told again', { timeout: 60_000 }, async () => {
    const controller = begin('controller', 'forgets', { journal: journalOf('forgets') })
    begin('worker', 'forgets', { leaseDuration: 2, workers: 4 })
    await controller.told('Ended', 2)
    const client = new Redis(server.url)
    await client.flushall()
    client.disconnect()
    expect(await controller.ended, controller.output()).toBe(0)
    expect((await recorded('forgets')).trials.map(({ state }) => state)).toEqual(Array(8).fill('complete'))
  })

  test('a controller that was killed takes up what its workers did meanwhile', { timeout: 60_000 }, async () => {
    const first = begin('controller', 'killed', { journal: journalOf('killed') })
    const worker = begin('worker', 'killed', { workers: 4 })
    await first.told('Reported', 8)
    await first.kill()
    await worker.told('Ended', 4)
    const second = begin('controller', 'killed', { journal: journalOf('killed') })
    expect(await second.ended, second.output()).toBe(0)
    // It was not run again.
    expect(worker.events.filter(({ _tag }) => _tag === 'Begun')).toHaveLength(8)
    expect((await recorded('killed')).trials.map(({ state }) => state)).toEqual(Array(8).fill('complete'))
  })

  test('from one that is interrupted running trials wait again; workers drop them', { timeout: 60_000 }, async () => {
    const journal = journalOf('stops')
    const first = begin('controller', 'stops', { journal })
    const worker = begin('worker', 'stops', { workers: 4 })
    await first.told('Reported', 8)
    await first.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    // Longer than what was left of the trials.
    await pause(4000)
    expect(worker.events.filter(({ _tag }) => _tag === 'Ended')).toEqual([])
    expect(trialsIn(journal)).toEqual(Array(8).fill('waiting'))
    const second = begin('controller', 'stops', { journal })
    expect(await second.ended, second.output()).toBe(0)
    expect(await worker.ended, worker.output()).toBe(0)
    // To a new controller its workers introduce themselves again.
    expect(second.events.filter(({ _tag }) => _tag === 'WorkerJoined')).toHaveLength(1)
    expect((await recorded('stops')).trials.map(({ state }) => state)).toEqual(Array(8).fill('complete'))
  })

  test('a worker can be stopped while the server is away', { timeout: 60_000 }, async () => {
    const away = await startServer()
    const task = { url: away.url, name: 'away', module }
    const controller = run('controller', { ...task, journal: journalOf('away') })
    const worker = run('worker', { ...task, workers: 1 })
    running.push(controller, worker)
    await controller.told('Reported', 1)
    await away.stop()
    const began = performance.now()
    await worker.kill('SIGTERM')
    expect(performance.now() - began).toBeLessThan(15_000)
    expect(await worker.ended, worker.output()).toBe(0)
    await controller.kill('SIGTERM')
    expect(controller.events.at(-1)).toMatchObject({
      _tag: 'Warned',
      message: expect.stringContaining('the server could not be told of the end'),
    })
  })

  test('a worker that computes otherwise is told of', { timeout: 60_000 }, async () => {
    const controller = begin('controller', 'otherwise', { journal: journalOf('otherwise') })
    const worker = run(
      'worker',
      { url: server.url, name: 'otherwise', module, workers: 8 },
      { CACHEGRAD_BACKEND: 'js' },
    )
    running.push(worker)
    expect(await controller.ended, controller.output()).toBe(0)
    const differs = /computes with js on .*, the controller with (wasm|blas).*: results may differ in their last bits/
    for (const { events } of [controller, worker]) {
      const warned = events.filter(({ _tag }) => _tag === 'Warned').map(({ message }) => message)
      expect(warned).toEqual([expect.stringMatching(differs)])
    }
  })
})
