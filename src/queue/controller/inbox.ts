import type { Redis } from 'ioredis'
import { parseMessage, type WorkerMessage } from '../wire/messages.ts'

/** The stream of answers, as its one reader has it. */
export interface Inbox {
  /** What has come since; waits up to so many milliseconds for the first, not at all for 0. */
  readonly read: (wait: number) => Promise<readonly (readonly [id: string, answer: WorkerMessage | undefined])[]>
  readonly remove: (ids: readonly string[]) => Promise<void>
}

const MOST = 500 // answers a reading

/**
 * @param client  for commands
 * @param reader  another connection, since waiting blocks it
 */
export const inboxOf = (client: Redis, reader: Redis, key: string): Inbox => {
  let last = '0-0'
  return {
    read: async (wait) => {
      const found =
        wait > 0
          ? await reader.xread('COUNT', MOST, 'BLOCK', wait, 'STREAMS', key, last)
          : await client.xread('COUNT', MOST, 'STREAMS', key, last)
      const entries = found?.[0]?.[1] ?? []
      last = entries.at(-1)?.[0] ?? last
      return entries.map(([id, fields]) => [id, parseMessage(fields[1])])
    },
    remove: async (ids) => {
      if (ids.length > 0) await client.xdel(key, ...ids)
    },
  }
}
