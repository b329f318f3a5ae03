import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { runSweep, type Study, SweepError, type SweepEvent } from '../../src/sweep/index.ts'
import { random } from '../../src/sweep/samplers/random.ts'
import { choice, type Space, uniform } from '../../src/sweep/space/index.ts'
import { sweep } from '../../src/sweep/sweep.ts'
import { ESCAPES, LATE } from './studies/hostile.ts'
import { messageOf, right, studyModule } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'cachegrad-hostile-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What steers a terminal or turns its text around. */
const UNPRINTABLE = /[^\P{Cc}\n]|[\p{Bidi_Control}\u2028\u2029]/u

describe('whatever an objective throws, and sends to the thread that started its worker', { timeout: 90_000 }, () => {
  test.each([undefined, 2])('its trial has failed, and the sweep goes on (%s workers)', async (workers) => {
    const { study, module } = await studyModule('hostile')
    const events: SweepEvent[] = []
    const see = (event: SweepEvent): void => void events.push(event)
    const journal = join(folder, `hostile-${workers}.jsonl`)
    const { trials, status } = right(
      await runSweep(study, workers === undefined ? { journal, see } : { journal, see, module, workers })(),
    )
    expect(status).toBe('finished')
    expect(trials.map(({ state }) => state)).toEqual(
      trials.map(({ number }) => (number >= 1 && number <= 7 ? 'failed' : 'complete')),
    )
    const reasons = trials.slice(1, 8).map(({ reason }) => reason?.split('\n')[0])
    expect(reasons).toEqual([
      'it threw [object Object]',
      'it threw [object Error]',
      'it threw what cannot be shown',
      'Error: round',
      'it threw undefined',
      'it threw Symbol(a symbol)',
      'Error:  [2J 31m back ',
    ])
    for (const { reason } of trials) expect(reason ?? '').not.toMatch(UNPRINTABLE)
    const retried = events.flatMap((event) => (event._tag === 'Retried' ? event.number : []))
    expect(new Set(retried)).toEqual(new Set(workers === undefined ? [] : [20, 21, 22, 23, 24, 25, 26]))
    expect(trials.slice(LATE).map(({ attempts }) => attempts)).toEqual(Array(7).fill(workers === undefined ? 1 : 2))
    for (const event of events) if ('reason' in event) expect(event.reason).not.toMatch(UNPRINTABLE)
  })
})

describe('a message is one line that steers no terminal', () => {
  test('of any refusal', () => {
    expect(new SweepError(`a\u001b[2J\u009bb\u202ec\nd\u2028e`).message).toBe('a [2J b c d e')
  })

  test('of first trials that all fail', async () => {
    const study: Study = right(
      sweep({
        space: { x: uniform(0, 1) },
        objective: () => {
          throw new Error(`bad ${ESCAPES}`)
        },
        direction: 'minimize',
        sampler: random(),
        trials: 5,
      }),
    )
    const message = messageOf(await runSweep(study)())
    expect(message).toContain('bad')
    expect(message).not.toMatch(UNPRINTABLE)
    expect(message).not.toContain('\n')
  })

  test('of names and choices that are wrong', () => {
    const options = { objective: () => 1, direction: 'minimize', sampler: random(), trials: 5 } as const
    const wrong: readonly Space[] = [
      { [`x${ESCAPES}`]: uniform(1, 0) },
      { x: choice([`a${ESCAPES}`, `a${ESCAPES}`]) },
      { [`x${ESCAPES}`]: { kind: ESCAPES } } as never,
    ]
    for (const space of wrong) expect(messageOf(sweep({ ...options, space }))).not.toMatch(UNPRINTABLE)
  })
})
