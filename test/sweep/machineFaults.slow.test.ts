import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { rerun, runSweep, type SweepEvent } from '../../src/sweep/index.ts'
import { random } from '../../src/sweep/samplers/random.ts'
import { uniform } from '../../src/sweep/space/index.ts'
import { sweep } from '../../src/sweep/sweep.ts'
import { withFile } from '../where.ts'
import { systemFault } from './studies/diskful.ts'
import { essence, messageOf, right, studyModule } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'cachegrad-disk-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => {
  delete process.env.FULL
  delete process.env.ONCE
})

const flag = (name: 'FULL' | 'ONCE'): string => {
  const path = join(folder, name)
  writeFileSync(path, '')
  process.env[name] = path
  return path
}

describe('a fault of the machine is no result', { timeout: 60_000 }, () => {
  test.each([undefined, 2])(
    'all workers meet it: the sweep ends, trials wait, and it goes on later (%s)',
    async (workers) => {
      const { study, module } = await studyModule('diskful')
      const quiet = right(await runSweep(study)())
      const journal = join(folder, `full-${workers}.jsonl`)
      const options = workers === undefined ? { journal } : { journal, module, workers }
      const full = flag('FULL')
      const events: SweepEvent[] = []
      const ended = await runSweep(study, { ...options, see: (event) => events.push(event) })()
      expect(messageOf(ended)).toBe(
        'runSweep: no worker is left: the training broke off (ENOSPC: no more of it, write); make room and run it again',
      )
      expect(events.filter(({ _tag }) => _tag === 'Ended')).toHaveLength(3)
      expect(events.filter(({ _tag }) => _tag === 'Warned')).toHaveLength(workers ?? 1)
      rmSync(full)
      const { trials, done, status } = right(await runSweep(study, options)())
      expect([done, status]).toEqual([9, 'finished'])
      expect(essence(trials)).toEqual(essence(quiet.trials))
    },
  )

  test('one worker of two meets it: it stops with a sentence, the other one goes on', async () => {
    const { study, module } = await studyModule('diskful')
    const quiet = right(await runSweep(study)())
    flag('ONCE')
    const warnings: string[] = []
    const see = (event: SweepEvent): void => void (event._tag === 'Warned' && warnings.push(event.message))
    const { trials, done, status } = right(await runSweep(study, { module, workers: 2, see })())
    expect([done, status]).toEqual([12, 'finished'])
    expect(essence(trials)).toEqual(essence(quiet.trials))
    expect(trials[5]?.attempts).toBe(2)
    expect(warnings).toEqual([
      'runSweep: a worker stopped, and trial 5 waits: EMFILE: no more of it, write; raise the limit of open files (ulimit -n)',
    ])
  })
})

const studyOf = (objective: (attempt: number, number: number) => number) =>
  right(
    sweep({
      space: { x: uniform(0, 1) },
      objective: ({ attempt, number }) => objective(attempt, number),
      direction: 'minimize',
      sampler: random(),
      trials: 5,
    }),
  )

test.each(['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE'])('%s, itself or behind another error', async (code) => {
  for (const wrap of [
    (fault: Error) => fault,
    (fault: Error) => new Error('wrapped', { cause: new Error('twice', { cause: fault }) }),
    (fault: Error) => new AggregateError([new Error('one'), fault]),
    (fault: Error) => {
      const all = new AggregateError([])
      all.errors.push(all, all, all, new AggregateError([all, all]), fault)
      return all
    },
  ]) {
    const study = studyOf(() => {
      throw wrap(systemFault(code))
    })
    expect(messageOf(await runSweep(study)())).toMatch(
      new RegExp(`^runSweep: no worker is left: .*${code}: no more of it`),
    )
    expect(messageOf(await rerun(study, { number: 0, params: { x: 0.5 } })())).toContain(code)
  }
})

withFile('/dev/full').test('what the system itself says of a full disk', async () => {
  const study = studyOf(() => {
    writeFileSync('/dev/full', 'a checkpoint')
    return 1
  })
  expect(messageOf(await runSweep(study)())).toBe(
    'runSweep: no worker is left: ENOSPC: no space left on device, write; make room and run it again',
  )
})

describe('a failed allocation', () => {
  test('is tried once more', async () => {
    const study = studyOf((attempt, number) => {
      if (number === 1 && attempt === 1) return new Float64Array(2 ** 32).length
      return number
    })
    const { trials, status } = right(await runSweep(study)())
    expect(status).toBe('finished')
    expect(trials.map(({ attempts, state }) => [attempts, state])).toEqual(
      [1, 2, 1, 1, 1].map((attempts) => [attempts, 'complete']),
    )
  })

  test('then it is the trial’s own', async () => {
    const study = studyOf((_, number) => {
      if (number === 1) throw new RangeError('Array buffer allocation failed')
      return number
    })
    const { trials, status } = right(await runSweep(study)())
    expect(status).toBe('finished')
    expect(trials.map(({ attempts, state }) => [attempts, state])).toEqual(
      [1, 2, 1, 1, 1].map((attempts) => [attempts, attempts === 2 ? 'failed' : 'complete']),
    )
    expect(trials[1]?.reason).toMatch(/^RangeError: Array buffer allocation failed\n/)
  })
})
