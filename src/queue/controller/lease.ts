import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Redis } from 'ioredis'
import { isRunning, printable } from '../../files/index.ts'
import { SweepError } from '../../sweep/index.ts'
import { recordOf } from '../wire/controllerState.ts'

const DURATION = 30_000 // milliseconds for which a lease lasts unless it is renewed

/** Takes or renews a lease: that of nobody, one's own, or that of one who is known to be dead. Returns whose it then is. */
const ACQUIRE = `
local held = redis.call('GET', KEYS[1])
if held == false or held == ARGV[1] or held == ARGV[2] then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
  return ARGV[1]
end
return held`

const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`

const isDead = (pid: unknown): boolean => Number.isSafeInteger(pid) && !isRunning(pid as number)

/** One controller's right to run a study. */
export interface Lease {
  /** Resolves when another controller has taken over, since this one was silent for too long. */
  readonly lost: Promise<SweepError>
  readonly isLost: () => boolean
  readonly release: () => Promise<void>
}

/**
 * @returns  rejects with a SweepError that names the holder; a dead one of this machine is put aside at once
 */
export const acquireLease = async (client: Redis, key: string, name: string): Promise<Lease> => {
  const mine = JSON.stringify({ host: hostname(), pid: process.pid, id: randomUUID() })
  const acquire = async (dead: string): Promise<string> =>
    String(await client.eval(ACQUIRE, 1, key, mine, dead, DURATION))
  const holderOf = (held: string): string => {
    const { host, pid } = recordOf(held)
    return printable(`process ${String(pid)} on ${String(host)}`)
  }
  let held = await acquire(mine)
  const { host, pid } = recordOf(held)
  if (held !== mine && host === hostname() && isDead(pid)) held = await acquire(held)
  if (held !== mine) {
    throw new SweepError(
      `onQueue: study '${name}' has a controller already, ${holderOf(held)}; stop that one, or give this study another name (the lease of a dead one lapses within ${DURATION / 1000} s)`,
    )
  }
  let isLost = false
  let lose = (_: SweepError): void => {}
  const lost = new Promise<SweepError>((resolve) => {
    lose = resolve
  })
  const renew = async (): Promise<void> => {
    const now = await acquire(mine)
    if (now === mine) return
    clearInterval(timer)
    isLost = true
    lose(
      new SweepError(`onQueue: study '${name}' was taken over by ${holderOf(now)}; this one was silent for too long`),
    )
  }
  // What cannot be renewed now is renewed the next time.
  const timer = setInterval(() => void renew().catch(() => {}), DURATION / 3).unref()
  return {
    lost,
    isLost: () => isLost,
    release: async () => {
      clearInterval(timer)
      await client.eval(RELEASE, 1, key, mine)
    },
  }
}
