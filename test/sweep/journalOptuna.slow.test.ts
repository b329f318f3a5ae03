import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { withPython } from '../python.ts'
import { head, runTrial } from './journalHead.ts'
import { fresh, opened, writeJournal } from './journalSupport.ts'

const optuna = withPython('optuna')
const script = fileURLToPath(new URL('./optunaStudy.py', import.meta.url))
const run = (...args: string[]): string => {
  const { stdout, stderr, status } = optuna.run([script, ...args])
  if (status !== 0) throw new Error(stderr)
  return stdout
}

interface Shown {
  readonly direction: string
  readonly trials: readonly {
    readonly number: number
    readonly state: string
    readonly values: readonly number[] | null
    readonly params: Readonly<Record<string, unknown>>
    readonly intermediate: Readonly<Record<string, number | 'nan'>>
    readonly attributes: Readonly<Record<string, unknown>>
    readonly distributions: Readonly<Record<string, string>>
    readonly start: number | null
    readonly complete: number | null
  }[]
}

const show = (...paths: string[]): Shown[] => JSON.parse(run('show', 'first', ...paths))

optuna.describe('Optuna itself', { timeout: 60_000 }, () => {
  it('reads our studies', async () => {
    const path = fresh()
    const written = await writeJournal(path, 4)
    const [study] = show(path)
    expect(study?.direction).toBe('MAXIMIZE')
    expect(study?.trials.map(({ state }) => state)).toEqual('COMPLETE PRUNED FAIL FAIL RUNNING WAITING'.split(' '))
    expect(study?.trials.map(({ params }) => params)).toEqual(written.map(({ params }) => params))
    expect(study?.trials.map(({ values }) => values?.[0])).toEqual(written.map(({ value }) => value))
    expect(study?.trials.map(({ start }) => (start === null ? undefined : Math.round(start * 1000)))).toEqual(
      written.map(({ began }) => began),
    )
    expect(study?.trials[2]).toMatchObject({
      intermediate: { 1: 2 / 7 },
      attributes: { 'cachegrad:reported 2': 'NaN', 'cachegrad:outcome': { state: 'diverged' } },
    })
    expect(study?.trials[0]).toMatchObject({
      attributes: { epochs: { best: 3, all: [1, 'é\u2028"{'] } },
      distributions: { hidden: 'IntDistribution(high=512, log=False, low=32, step=32)' },
    })
  })

  it('goes on with them, and we go on after it', async () => {
    const path = fresh()
    const written = await writeJournal(path, 4)
    // Our running trial stays ours; the waiting one, the one that is asked for and four more are run there.
    run('optimize', 'first', path, '6')
    const journal = await opened(path)
    expect(journal.trials.slice(0, 4)).toEqual(written.slice(0, 4))
    expect(journal.trials.map(({ state }) => state)).toEqual(
      'complete pruned diverged failed waiting complete complete failed complete complete complete waiting'.split(' '),
    )
    expect(journal.trials[5]?.params).toEqual(written[5]?.params)
    expect(journal.trials[11]?.params).toEqual({ rule: null, hidden: 96, rate: 0.01, offset: -0.5 })
    for (const number of [4, 11]) {
      journal.begin(number)
      journal.end(number, { state: 'complete', value: number, reason: undefined })
    }
    runTrial(journal, 12)
    journal.close()
    const again = await opened(path)
    expect(again.trials).toEqual(journal.trials)
    again.close()
    const [study] = show(path)
    expect(study?.trials[4]?.values).toEqual([4])
    expect(study?.trials[11]).toMatchObject({ values: [11], params: { rule: null, hidden: 96, rate: 0.01 } })
    // Between them is the one that was asked for with too few parameters.
    expect(study?.trials[12]?.state).toBe('WAITING')
    expect(study?.trials[13]?.state).toBe('COMPLETE')
  })

  it('begins studies that we take over', async () => {
    const path = fresh()
    run('begin', 'first', path, '5')
    const journal = await opened(path)
    expect(journal.trials.map(({ state }) => state)).toEqual(
      'complete complete complete failed complete waiting'.split(' '),
    )
    journal.close()
  })

  it('reads what was damaged and put right', async () => {
    const path = fresh()
    const written = await writeJournal(path, 4)
    const whole = readFileSync(path)
    const paths: string[] = []
    for (let at = 20; at < whole.length; at += 173) {
      const damaged = fresh()
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ 4
      writeFileSync(damaged, at % 2 === 0 ? bytes : bytes.subarray(0, at))
      const journal = await opened(damaged)
      journal.close()
      paths.push(damaged)
    }
    expect(paths.length).toBeGreaterThan(20)
    for (const { trials } of show(...paths)) {
      for (const { number, state, params } of trials) {
        if (state !== 'FAIL') expect(params).toEqual(written[number]?.params)
      }
    }
  })

  it('reads a study that shares its file', async () => {
    const path = fresh()
    run('begin', 'another', path, '3')
    const written = await writeJournal(path, 3)
    expect(show(path)[0]?.trials.map(({ params }) => params)).toEqual(written.map(({ params }) => params))
    const other = await opened(path, { ...head, name: 'another' })
    expect(other.trials).toHaveLength(4)
    other.close()
  })
})
