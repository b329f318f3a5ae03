import type { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { agrees, publisher, subscriber } from '../../src/queue/wire/publishedTrials.ts'
import type { Trial } from '../../src/sweep/index.ts'

/** One hash, as Redis keeps it. */
const hashes = () => {
  const fields = new Map<string, string>()
  const client = {
    hset: async (_key: string, news: ReadonlyMap<number, string>) => {
      for (const [place, text] of news) fields.set(String(place), text)
    },
    hlen: async () => fields.size,
    hmget: async (_key: string, ...places: readonly string[]) => places.map((place) => fields.get(place) ?? null),
  } as unknown as Redis
  return { fields, client }
}

const trial = (number: number, value: number): Trial => ({
  ...{ number, state: 'complete', params: { x: number }, value: 1, notes: {}, reason: undefined },
  ...{ attempts: 1, began: 1, ended: 2, reported: [{ step: 0, value }] },
})

test('what pruners see elsewhere is what they see here, also numbers that JSON has not', async () => {
  const { fields, client } = hashes()
  const trials = [trial(0, 0.1), trial(1, Number.NaN), trial(2, Number.NEGATIVE_INFINITY)]
  const published = publisher(client, 'seen')
  await published.publish(trials.slice(0, 2))
  await published.publish(trials)
  expect(await subscriber(client, 'seen')(3, () => false)).toEqual(trials)
  expect(agrees(Object.fromEntries(fields), trials)).toBe(true)
  expect(agrees(Object.fromEntries(fields), [...trials.slice(0, 2), trial(2, 5)])).toBe(false)
})

test('what the server has lost is published again', async () => {
  const { fields, client } = hashes()
  const published = publisher(client, 'seen')
  await published.publish([trial(0, 1), trial(1, 2)])
  fields.clear()
  await published.repair()
  expect([...fields.keys()]).toEqual(['0', '1'])
})
