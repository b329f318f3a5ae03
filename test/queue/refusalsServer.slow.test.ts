import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { onQueue } from '../../src/queue/index.ts'
import { runSweep, type SweepEvent } from '../../src/sweep/index.ts'
import { messageOf, right } from '../sweep/support.ts'
import { run } from './processes.ts'
import { control, module, study, work } from './refused.ts'
import { type Server, startServer, withOpenssl, withServer } from './server.ts'

withServer.describe('with a server', () => {
  let server: Server
  let guarded: Server
  const stops: AbortController[] = []
  beforeAll(async () => {
    server = await startServer()
    guarded = await startServer('--requirepass', 's3cr3t')
  })
  afterEach(async () => {
    for (const stop of stops.splice(0)) stop.abort()
    await pause(200)
  })
  afterAll(async () => {
    await server.stop()
    await guarded.stop()
  })
  /** A controller that waits for workers, and what it tells. */
  const waiting = async (url: string, name: string) => {
    const stop = new AbortController()
    stops.push(stop)
    const events: SweepEvent[] = []
    const ended = runSweep(study, {
      pool: onQueue({ url, name, module }),
      signal: stop.signal,
      see: (event) => events.push(event),
    })()
    const early = ended.then((result) => Promise.reject(new Error(`it ended: ${inspect(result)}`)))
    const begun = async (): Promise<void> => {
      while (events.every(({ _tag }) => _tag !== 'Begun')) await pause(20)
    }
    await Promise.race([begun(), early])
    const warnings = () => events.flatMap((event) => (event._tag === 'Warned' ? event.message : []))
    return { stop, ended, warnings }
  }

  test('a wrong password, none, and one where none is wanted', async () => {
    const { port } = guarded
    const wrong = await control(`redis://:wr0ng@127.0.0.1:${port}`)
    expect(messageOf(wrong)).toBe(
      `onQueue: Redis at redis://***@127.0.0.1:${port} cannot be used: the password, or the user, is wrong`,
    )
    expect(inspect(wrong, { depth: 9 })).not.toContain('wr0ng')
    expect(messageOf(await control(guarded.url))).toContain('it wants a password; write redis://:password@host')
  })

  test('the right password is not written anywhere', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cachegrad-password-'))
    const journal = join(folder, 'study.jsonl')
    const url = `redis://:s3cr3t@127.0.0.1:${guarded.port}`
    const controller = run('controller', { url, name: 'secret', module, journal })
    const worker = run('worker', { url, name: 'secret', module, workers: 1 })
    expect(await controller.ended, controller.output()).toBe(0)
    expect(await worker.ended).toBe(0)
    expect(worker.events.filter(({ _tag }) => _tag === 'Ended')).toHaveLength(60)
    expect(controller.output() + worker.output() + readFileSync(journal, 'utf8')).not.toContain('s3cr3t')
    rmSync(folder, { recursive: true })
  })

  test('two controllers on one study', async () => {
    const { ended, stop } = await waiting(server.url, 'refused')
    expect(messageOf(await control(server.url))).toMatch(
      new RegExp(`^onQueue: study 'refused' has a controller already, process ${process.pid} on .*; stop that one`),
    )
    stop.abort()
    expect(right(await ended).status).toBe('interrupted')
  })

  test('a worker with other code, other data, another study', async () => {
    const { warnings } = await waiting(server.url, 'refused')
    const other = new URL('./studies/other.ts', import.meta.url).href
    expect(messageOf(await work(server.url, { module: other }))).toMatch(
      /^workOnQueue: study 'refused': the code here \(\w{12}\) is not the controller's \(\w{12}\); check out the same commit/,
    )
    const more = { ...study, data: () => ({ weights: Float32Array.of(0.5, 2), names: ['a', 'b'] }) }
    expect(messageOf(await work(server.url, {}, more))).toMatch(/the data set here \(\w{12}\) is not the controller's/)
    expect(messageOf(await work(server.url, {}, { ...study, seed: 4 }))).toContain('the study here is another one')
    await pause(1000)
    expect(warnings()).toHaveLength(3)
    expect(warnings()[0]).toMatch(/\(process \d+\) cannot work: the code here/)
  })

  withOpenssl.test("TLS, with a certificate of one's own", { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cachegrad-tls-'))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...names],
      { stdio: 'ignore' },
    )
    const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert]
    const flags = ['--port', '0', '--tls-port', 'PORT', '--tls-auth-clients', 'no', '--requirepass', 'p:4/x']
    const secure = await startServer(...flags, ...files)
    const url = `rediss://:${encodeURIComponent('p:4/x')}@127.0.0.1:${secure.port}`
    expect(messageOf(await control(url))).toMatch(
      /^onQueue: Redis at rediss:\/\/\*\*\*@127.* cannot be used: .*certificate/,
    )
    const trusting = { NODE_EXTRA_CA_CERTS: cert }
    const journal = join(folder, 'study.jsonl')
    const controller = run('controller', { url, name: 'secure', module, journal }, trusting)
    const worker = run('worker', { url, name: 'secure', module, workers: 2 }, trusting)
    expect(await controller.ended, controller.output()).toBe(0)
    expect(await worker.ended).toBe(0)
    await secure.stop()
    rmSync(folder, { recursive: true })
  })

  test('a worker that waits stops when it is told to', async () => {
    const stop = new AbortController()
    const ended = work(server.url, { name: 'nobody', signal: stop.signal })
    await pause(300)
    stop.abort()
    expect(await ended).toEqual(E.right({ done: 0, status: 'interrupted' }))
  })
})
