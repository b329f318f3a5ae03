import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { onQueue } from '../../src/queue/index.ts'
import { runSweep } from '../../src/sweep/index.ts'
import { messageOf } from '../sweep/support.ts'
import { control, module, study, work } from './refused.ts'
import { freePort } from './server.ts'

/** A server that answers each command with the same. */
const serverThatSays = async (answer: (command: string) => string) => {
  const port = await freePort()
  const server = createServer((socket) => {
    socket.on('data', (data) => {
      for (const command of data.toString().split(/(?=\*\d+\r\n)/)) socket.write(answer(command))
    })
    socket.on('error', () => {})
  }).listen(port, '127.0.0.1')
  return { url: `redis://127.0.0.1:${port}`, close: () => server.close() }
}

describe('without a server', () => {
  test('nobody listens', async () => {
    const url = `redis://:secret@127.0.0.1:${await freePort()}`
    const said = `Redis at ${url.replace(':secret', '***')} cannot be used: nobody listens there (ECONNREFUSED)`
    expect(messageOf(await control(url))).toBe(`onQueue: ${said}`)
    expect(messageOf(await work(url))).toBe(`workOnQueue: ${said}`)
  })

  test.each([
    ['http://me:secret@host', 'url must be redis://'],
    [
      'redis://:se#cret@host:6379',
      'url must be redis://[user:password@]host:port, or rediss:// for TLS, but got an address that cannot be read',
    ],
    [
      'redis://:se%zzcret@host:6379',
      'url has a % in its user or password that begins no code; write %25 for a %, but got redis://***@host:6379',
    ],
  ])('%s is no address', async (url, message) => {
    const said = messageOf(await control(url))
    expect(said).toContain(message)
    expect(said).not.toContain('cret')
  })

  test('names of studies, and options', async () => {
    const url = 'redis://127.0.0.1'
    expect(messageOf(await control(url, { name: 'a:b' }))).toContain('name must be made of letters, digits')
    expect(messageOf(await work(url, { heartbeatTimeout: 0 }))).toMatch(/^workOnQueue: heartbeatTimeout must be/)
    expect(messageOf(await work(url, { leaseDuration: -1 }))).toMatch(/^workOnQueue: leaseDuration must be/)
    expect(messageOf(await control(url, { module: 'study.ts' }))).toContain(
      'module must be the URL of a module that is a file',
    )
    expect(messageOf(await control(url, { module: undefined }))).toContain('onQueue: module is missing; give the URL')
    expect(messageOf(await control(url, { nmae: 'a' }))).toContain('name')
    const both = { workers: 2, pool: onQueue({ url, name: 'a', module }) }
    expect(messageOf(await runSweep(study, both)())).toContain('give one')
  })

  test('a Redis that is too old, and one that throws keys away', async () => {
    const info = (text: string) => (command: string) =>
      /info/i.test(command) ? `$${text.length}\r\n${text}\r\n` : '+OK\r\n'
    const old = await serverThatSays(info('redis_version:5.0.7\r\n'))
    expect(messageOf(await control(old.url))).toMatch(/it is version 5\.0\.7, but BullMQ needs Redis 6\.2 or newer/)
    old.close()
    const full = await serverThatSays(info('redis_version:7.0.0\r\nmaxmemory:1000\r\nmaxmemory_policy:allkeys-lru\r\n'))
    expect(messageOf(await work(full.url))).toContain('set that to noeviction')
    full.close()
  })
})
