import type { Redis } from 'ioredis'
import { codeOf, explain, messageOf } from '../../files/index.ts'
import { SweepError } from '../../sweep/index.ts'
import { checkAddress, type QueueOptions, shownUrl } from './address.ts'

/** What BullMQ recommends; what this folder itself uses is older. */
const OLDEST = [6, 2] as const
const PATIENCE = 10_000 // milliseconds, for the first connection
const LONGEST_PAUSE = 2000 // milliseconds, between attempts to connect again

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the host name cannot be looked up',
  EHOSTUNREACH: 'there is no way to that host',
  ETIMEDOUT: 'no answer',
  ECONNRESET: 'the connection was cut; TLS needs rediss://, plain TCP redis://',
  EPROTO: 'this is no TLS; write redis://',
}

/** The packages, which only those install who use a queue. */
export const loadPackages = async (where: string) => {
  try {
    const [{ Queue, Worker, WaitingError }, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')])
    return { Queue, Worker, WaitingError, Redis }
  } catch (error) {
    if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new SweepError(`${where}: a queue needs two more packages; run npm install bullmq ioredis`)
  }
}

const refusal = (message: string): string | undefined => {
  if (message.includes('NOAUTH')) return 'it wants a password; write redis://:password@host'
  if (/WRONGPASS|invalid password|invalid username-password/.test(message)) return 'the password, or the user, is wrong'
  if (message.includes('NOPERM')) return `this user may not do that: ${message}`
  return undefined
}

/** Fields of what INFO answers. */
const fieldsOf = (info: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    info
      .split(/\r?\n/)
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  )

const tooOld = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
}

/** What cannot be worked with on the server. */
const faultOf = (info: string): string | undefined => {
  const { redis_version: version = '0', maxmemory = '0', maxmemory_policy: policy = 'noeviction' } = fieldsOf(info)
  if (tooOld(version)) return `it is version ${version}, but BullMQ needs Redis ${OLDEST.join('.')} or newer, or Valkey`
  if (maxmemory !== '0' && policy !== 'noeviction') {
    return `it throws keys away when memory is short (maxmemory-policy ${policy}); set that to noeviction`
  }
  return undefined
}

/**
 * A connection that is there, and that comes back by itself when it was lost: commands wait for it.
 *
 * @param where  the function that wants it
 * @returns      rejects with a SweepError, which never has the password: causes are left out, since they hold commands
 */
export const connect = async (where: string, address: QueueOptions): Promise<Redis> => {
  const { url } = checkAddress(where, address)
  const { Redis } = await loadPackages(where)
  let isThere = false
  let last: unknown
  const client = new Redis(url, {
    lazyConnect: true,
    // Commands wait as long as it takes.
    maxRetriesPerRequest: null,
    connectTimeout: PATIENCE,
    keepAlive: PATIENCE,
    retryStrategy: (times) => (isThere ? Math.min(100 * 2 ** Math.min(times, 10), LONGEST_PAUSE) : null),
  })
  client.on('error', (error: unknown) => {
    last = error
  })
  const fault = (reason: string): SweepError => {
    client.disconnect()
    return new SweepError(`${where}: Redis at ${shownUrl(url)} cannot be used: ${reason}`)
  }
  let info: string
  try {
    await client.connect()
    info = await client.info()
  } catch (error) {
    const message = [messageOf(last ?? ''), messageOf(error)].join(' ')
    throw fault(refusal(message) ?? explain(reasons, last ?? error))
  }
  const unfit = faultOf(info)
  if (unfit !== undefined) throw fault(unfit)
  isThere = true
  return client
}
