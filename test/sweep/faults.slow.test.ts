import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type Objective, runSweep, type SweepEvent } from '../../src/sweep/index.ts'
import { random } from '../../src/sweep/samplers/random.ts'
import { choice, int, uniform } from '../../src/sweep/space/index.ts'
import { sweep } from '../../src/sweep/sweep.ts'
import { essence, messageOf, right, studyModule } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'cachegrad-faults-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a trial whose worker dies, hangs or leaves a rejection behind', { timeout: 60_000 }, () => {
  test('is begun again where its checkpoint is, at most as often as it may be', async () => {
    const { study, module } = await studyModule('faulty')
    const journal = join(folder, 'faulty.jsonl')
    const events: SweepEvent[] = []
    const options = {
      module,
      journal,
      workers: 2,
      retries: 1,
      heartbeatTimeout: 2,
      see: (event: SweepEvent) => events.push(event),
    }
    const { trials, done } = right(await runSweep(study, options)())
    expect(done).toBe(8)
    const states = ['complete', 'complete', 'failed', 'complete', 'complete', 'failed', 'diverged', 'complete']
    expect(trials.map(({ state }) => state)).toEqual(states)
    expect(trials.map(({ attempts }) => attempts)).toEqual([1, 2, 2, 2, 2, 1, 1, 1])
    // What was reported before the fault is there once, and the second attempt went on behind it.
    for (const number of [1, 3, 4]) {
      expect(trials[number]?.reported.map(({ step }) => step)).toEqual([0, 1, 2, 3])
      expect(trials[number]?.notes.start).toBe(3)
    }
    expect(trials[2]?.reason).toBe('the worker ended with exit code 4\n(begun 2 times, and never ended)')
    expect(trials[5]?.reason).toMatch(/^Error: five is not liked\n.*at .*faulty\.ts/)
    expect(trials[6]?.reason).toBe('the objective returned NaN')
    const retried = events.flatMap((event) =>
      event._tag === 'Retried' ? [[event.number, event.reason.split('\n')[0]]] : [],
    )
    expect(new Map(retried as [number, string][])).toEqual(
      new Map([
        [1, 'the worker ended with exit code 3'],
        [2, 'the worker ended with exit code 4'],
        [3, 'no sign of life for 2 s'],
        [4, 'Error: nobody caught this'],
      ]),
    )
    // Checkpoints of finished trials are gone.
    expect(readdirSync(folder)).toEqual(['faulty.jsonl'])
    const again = right(await runSweep(study, options)())
    expect(again).toMatchObject({ done: 0, status: 'finished' })
    expect(essence(again.trials)).toEqual(essence(trials))
  })
})

describe('an objective that fails from the beginning', { timeout: 60_000 }, () => {
  afterEach(() => {
    delete process.env.MENDED
  })

  test.each([undefined, 2])('stops the sweep with the error once; mended, it goes on (%s workers)', async (workers) => {
    const { study, module } = await studyModule('hopeless')
    const journal = join(folder, `hopeless-${workers}.jsonl`)
    const options = workers === undefined ? { journal } : { journal, module, workers }
    const message = messageOf(await runSweep(study, options)())
    expect(message).toMatch(/the first 3 trials all failed: Error: lerningRate is not defined \(at .*hopeless\.ts.*\)/)
    expect(message).not.toContain('\n')
    process.env.MENDED = 'yes'
    const { trials, done } = right(await runSweep(study, options)())
    expect(done).toBe(6)
    expect(trials.map(({ state }) => state)).toEqual(Array(6).fill('complete'))
  })
})

const base = { direction: 'minimize', sampler: random(), trials: 10 } as const

test('later failures are trials like others', async () => {
  const study = right(
    sweep({
      ...base,
      space: { x: uniform(0, 1) },
      objective: ({ number, params }) => {
        if (number % 3 !== 1) throw new Error('not this one')
        return params.x
      },
    }),
  )
  const { trials } = right(await runSweep(study)())
  expect(trials.map(({ state }) => state === 'complete')).toEqual(trials.map(({ number }) => number % 3 === 1))
})

test('no parameters are drawn twice, and an exhausted space ends the sweep', async () => {
  const space = { layers: int(1, 3), rule: choice(['sgd', 'adam']) }
  const study = right(sweep({ ...base, space, objective: ({ params }) => params.layers }))
  const { trials, status, best } = right(await runSweep(study)())
  expect(status).toBe('exhausted')
  expect(new Set(trials.map(({ params }) => JSON.stringify(params))).size).toBe(6)
  expect(trials).toHaveLength(6)
  expect(best).toMatchObject({ value: 1 })
})

test('a pruned trial is pruned whatever the objective makes of the exception; what goes on behind the end has no say', async () => {
  const ends: (() => void)[] = []
  const pruner = { description: 'third', sees: () => 0, prune: () => 'enough' }
  const make = (objective: Objective<{ readonly x: number }>) =>
    right(sweep({ ...base, space: { x: uniform(0, 1) }, objective, pruner, trials: 1 }))
  const wrapping = make((trial) => {
    try {
      trial.report(0, 1)
    } catch (cause) {
      ends.push(() => trial.report(1, 2))
      ends.push(() => trial.note('late', true))
      throw new Error('the training failed', { cause })
    }
    return 1
  })
  const see = (event: SweepEvent): void => {
    if (event._tag === 'Ended') for (const end of ends) end()
  }
  const [trial] = right(await runSweep(wrapping, { see })()).trials
  expect(trial).toMatchObject({
    state: 'pruned',
    value: 1,
    reason: 'enough',
    reported: [{ step: 0, value: 1 }],
    notes: {},
  })
  expect(ends).toHaveLength(2)
})

test('a sweep that is interrupted takes nothing for a result that the objective makes of it', async () => {
  const controller = new AbortController()
  const objective: Objective<{ readonly x: number }> = (trial) => {
    try {
      trial.report(0, 1)
      controller.abort()
      trial.report(1, 2)
    } catch {}
    return 7
  }
  const study = right(sweep({ ...base, space: { x: uniform(0, 1) }, objective, trials: 2 }))
  const { trials, status } = right(await runSweep(study, { signal: controller.signal })())
  expect(status).toBe('interrupted')
  expect(trials.map(({ state, value }) => [state, value])).toEqual([['waiting', undefined]])
})

test('a note that is too long fails its trial, and the sweep goes on', async () => {
  const study = right(
    sweep({
      ...base,
      space: { x: uniform(0, 1) },
      objective: (trial) => {
        if (trial.number === 1) trial.note('weights', 'a'.repeat(2 ** 21))
        return trial.params.x
      },
    }),
  )
  const { trials } = right(await runSweep(study, { journal: join(folder, 'long.jsonl') })())
  expect(trials.filter(({ state }) => state === 'complete')).toHaveLength(9)
  expect(trials[1]?.reason).toContain('trial.note: a note has at most 65536 characters, but got 2097154')
})

test('repeats: the mean, the standard deviation and their number; each with a seed of its own', async () => {
  const seeds: number[] = []
  const study = right(
    sweep({
      ...base,
      space: { x: uniform(0, 1) },
      objective: ({ seed, repeat }) => {
        seeds.push(seed)
        return [2, 4, 9][repeat] ?? 0
      },
      trials: 2,
      repeats: 3,
    }),
  )
  const { trials } = right(await runSweep(study)())
  // numpy: mean([2, 4, 9]) = 5, std([2, 4, 9], ddof=1) = 3.605551275463989
  expect(trials[0]).toMatchObject({ value: 5, notes: { repeats: 3 } })
  expect(trials[0]?.notes.std).toBeCloseTo(3.605551275463989, 14)
  expect(new Set(seeds).size).toBe(6)
})

test.each([1, 2])(
  'an aborted sweep puts its trials back, and the same call goes on (%s workers)',
  async (workers) => {
    const { study, module } = await studyModule('delayed')
    const journal = join(folder, `aborted-${workers}.jsonl`)
    const controller = new AbortController()
    const see = (event: SweepEvent): void => {
      if (event._tag === 'Ended' && event.trial.number === 5) controller.abort()
    }
    const first = right(await runSweep(study, { module, workers, journal, see, signal: controller.signal })())
    expect(first.status).toBe('interrupted')
    expect(first.trials.map(({ state }) => state)).not.toContain('running')
    const second = right(await runSweep(study, { module, workers, journal })())
    expect(first.done + second.done).toBe(40)
    expect(essence(second.trials)).toEqual(essence(right(await runSweep(study)()).trials))
  },
  60_000,
)

describe('what cannot be run is one line', () => {
  const space = { x: uniform(0, 1) }
  const objective = (): number => 1

  test.each([
    [{ ...base, space, objective, trails: 3 }, "sweep: unknown option 'trails'; did you mean 'trials'?"],
    [{ ...base, space, objective, trials: 0 }, 'sweep: trials must be an integer ≥ 1, but got 0'],
    [{ ...base, space: { x: uniform(1, 0) }, objective }, "space: 'x': low 1 is above high 0; exchange them"],
    [{ ...base, space }, 'sweep: objective is missing; give a function'],
  ])('sweep(%o)', (options, message) => {
    expect(messageOf(sweep(options as never))).toBe(message)
  })

  test('workers without a module, a module without a study, data that cannot be loaded', async () => {
    const study = right(sweep({ ...base, space, objective }))
    expect(messageOf(await runSweep(study, { workers: 2 })())).toBe(
      'runSweep: 2 workers need module, the URL of the module that exports the study, e.g. import.meta.url',
    )
    const module = new URL('./support.ts', import.meta.url).href
    expect(messageOf(await runSweep(study, { module })())).toContain('has no default export')
    const { module: other } = await studyModule('faulty')
    expect(messageOf(await runSweep(study, { module: other })())).toContain('is another study in a worker')
    const data = (): never => {
      throw new Error('no such data set')
    }
    const unfed = right(sweep({ ...base, space, objective, data }))
    expect(messageOf(await runSweep(unfed)())).toBe('runSweep: data cannot be loaded: no such data set')
    const withCode = right(sweep({ ...base, space, objective, data: () => ({ twice: (x: number) => 2 * x }) }))
    expect(messageOf(await runSweep(withCode, { module: other })())).toMatch(
      /^data cannot be sent to workers; give numbers, texts, arrays and records: .* could not be cloned/,
    )
  })
})
