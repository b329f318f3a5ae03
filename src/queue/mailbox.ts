import type { Redis } from 'ioredis'
import { type Answer, answerOf } from './answers.ts'

/** The stream of answers, as its one reader has it. */
export interface Mailbox {
  /** What has come since; waits up to so many milliseconds for the first, not at all for 0. */
  readonly read: (wait: number) => Promise<readonly (readonly [id: string, answer: Answer | undefined])[]>
  readonly drop: (ids: readonly string[]) => Promise<void>
}

const MOST = 500 // answers a reading

/**
 * @param client  for commands
 * @param reader  another connection, since waiting blocks it
 */
export const mailbox = (client: Redis, reader: Redis, key: string): Mailbox => {
  let last = '0-0'
  return {
    read: async (wait) => {
      const found =
        wait > 0
          ? await reader.xread('COUNT', MOST, 'BLOCK', wait, 'STREAMS', key, last)
          : await client.xread('COUNT', MOST, 'STREAMS', key, last)
      const entries = found?.[0]?.[1] ?? []
      last = entries.at(-1)?.[0] ?? last
      return entries.map(([id, fields]) => [id, answerOf(fields[1])])
    },
    drop: async (ids) => {
      if (ids.length > 0) await client.xdel(key, ...ids)
    },
  }
}

/** Says something; waits until the server has it. */
export const say = async (client: Redis, key: string, answer: Answer): Promise<void> => {
  await client.xadd(key, '*', 'answer', JSON.stringify(answer))
}
