import { writeFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { plain, type Read, type Target } from './target.ts'

// Readers with one fault each, which the harness must find. It shows at input 2, the first letter of the seed.

const refused: Read = E.left(new Error('refused'))

const planted = (name: string, misbehave: () => Read | Promise<Read>): Target => ({
  name,
  seeds: [Buffer.from('good')],
  read: (bytes) => (Buffer.from(bytes).toString() === 'g' ? misbehave() : refused),
  hostile: {},
  justified: plain,
})

const kept: Uint8Array[] = []

export const targets: readonly Target[] = [
  planted('sound', () => refused),
  planted('throws', () => {
    throw new RangeError('planted')
  }),
  planted('rejects', () => Promise.reject(new Error('planted'))),
  planted('throws later', () => {
    setTimeout(() => {
      throw new Error('planted')
    })
    return new Promise((resolve) => setTimeout(() => resolve(refused), 500))
  }),
  planted('dies', () => process.abort()),
  planted('gives nothing', () => undefined as unknown as Read),
  planted('says two lines', () => E.left(new Error('one\ntwo'))),
  planted('writes outside', () => {
    writeFileSync('../stray', '')
    return refused
  }),
  planted('loops', () => {
    for (;;);
  }),
  planted('never answers', () => new Promise(() => {})),
  planted('takes and drops', () => {
    new Uint8Array(2 ** 27).fill(1)
    return refused
  }),
  planted('takes untouched', () => {
    kept.push(new Uint8Array(2 ** 27))
    return refused
  }),
  planted('takes objects', () => {
    const list = Array.from({ length: 2 ** 20 }, (_, i) => [i])
    return list.length > 0 ? refused : E.right(list)
  }),
]
