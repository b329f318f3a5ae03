import { setTimeout as pause } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Trial } from '../../sweep/index.ts'
import { recordOf } from './controllerState.ts'

/** Publishes final trials for the pruners of others, each once. */
export interface Publisher {
  readonly publish: (seen: readonly Trial[]) => Promise<void>
  /** Publishes again what the server has lost. */
  readonly repair: () => Promise<void>
}

/** What came from Optuna may have reported numbers that JSON has not. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'number' && !Number.isFinite(inner) ? String(inner) : inner,
  )

const trialFrom = (text: string): Trial => {
  const trial = recordOf(text) as unknown as Trial
  return { ...trial, reported: trial.reported.map(({ step, value }) => ({ step, value: Number(value) })) }
}

/** What a pruner's decision depends on. */
const essenceOf = ({ number, state, params, value, reported }: Trial): string =>
  textOf([number, state, params, value ?? null, reported])

/** Whether what was published, by place, is what is recorded. */
export const agrees = (published: Readonly<Record<string, string>>, trials: readonly Trial[]): boolean =>
  Object.entries(published).every(([place, text]) => {
    const trial = trials[Number(place)]
    return trial !== undefined && essenceOf(trial) === essenceOf(trialFrom(text))
  })

export const publisher = (client: Redis, key: string): Publisher => {
  let [all, published]: [readonly Trial[], number] = [[], 0]
  const publish = async (seen: readonly Trial[]): Promise<void> => {
    if (seen.length <= published) return
    const news = seen.slice(published).map((trial, i) => [published + i, textOf(trial)] as const)
    all = seen
    published = seen.length
    await client.hset(key, new Map(news))
  }
  const repair = async (): Promise<void> => {
    if ((await client.hlen(key)) >= published) return
    published = 0
    await publish(all)
  }
  return { publish, repair }
}

const CHUNK = 500 // trials a question
const PAUSE = 500 // milliseconds

/** The other side: the first `count` of what is published, all of which will come. */
export const subscriber = (
  client: Redis,
  key: string,
): ((count: number, isStopped: () => boolean) => Promise<readonly Trial[]>) => {
  const known: Trial[] = []
  const fetch = async (from: number, to: number): Promise<void> => {
    const places = Array.from({ length: Math.min(to - from, CHUNK) }, (_, i) => String(from + i))
    const texts = await client.hmget(key, ...places)
    // Another job may have asked meanwhile.
    texts.forEach((text, i) => {
      if (text !== null && known.length === from + i) known.push(trialFrom(text))
    })
  }
  return async (count, isStopped) => {
    while (known.length < count && !isStopped()) {
      const before = known.length
      await fetch(before, count)
      if (known.length === before) await pause(PAUSE)
    }
    return known.slice(0, count)
  }
}
