import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { int, uniform } from '../../src/sweep/space/index.ts'
import { head, paramsOf, runTrial } from './journalHead.ts'
import { fresh, opened, refused, writeJournal } from './journalSupport.ts'

type Line = Readonly<Record<string, unknown>>

const linesOf = (path: string): Line[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('a journal', () => {
  it('gives back what was written, also after a second opening', async () => {
    const path = fresh()
    const written = await writeJournal(path, 8)
    for (let round = 0; round < 2; round++) {
      const journal = await opened(path)
      // The running one waits again.
      expect(journal.trials).toEqual(written.map((t) => (t.state === 'running' ? { ...t, state: 'waiting' } : t)))
      expect(journal.warnings).toEqual([])
      journal.close()
    }
    expect(written.map(({ state }) => state)).toEqual(
      'complete pruned diverged failed complete pruned diverged failed running waiting'.split(' '),
    )
    expect(written[2]?.reported).toEqual([
      { step: 1, value: 2 / 7 },
      { step: 2, value: Number.NaN },
    ])
    expect(written[4]?.notes).toEqual({ epochs: { best: 3, all: [1, 'é\u2028"{'] } })
    expect(written[2]?.reason).toBe('the loss is NaN')
  })

  it('keeps remarks in lines that change nothing', async () => {
    const path = fresh()
    const written = await writeJournal(path, 2)
    const journal = await opened(path)
    const before = [...journal.trials]
    journal.remark(0, 'late a', { state: 'complete', value: 0.5 })
    expect(journal.trials).toEqual(before)
    expect(() => journal.remark(9, 'late a', 1)).toThrow('journal.remark: there is no trial 9')
    journal.close()
    expect(linesOf(path).at(-1)).toMatchObject({
      op_code: 8,
      user_attr: { 'cachegrad:late a': { state: 'complete', value: 0.5 } },
    })
    const again = await opened(path)
    expect(again.trials.slice(0, 2)).toEqual(written.slice(0, 2))
    expect(again.warnings).toEqual([])
    again.close()
  })

  it('is in Optuna’s format', async () => {
    const path = fresh()
    await writeJournal(path, 4)
    const lines = linesOf(path)
    expect(lines[0]).toMatchObject({ op_code: 0, study_name: 'first', directions: [2] })
    const created = lines.find(({ op_code }) => op_code === 4) as Record<string, Record<string, unknown>>
    expect(created.params).toEqual({ rate: 0.01, hidden: 64, rule: 0, momentum: 0.9, offset: -1.5 })
    expect(Object.values(created.distributions ?? {}).map((text) => JSON.parse(text as string))).toEqual([
      { name: 'FloatDistribution', attributes: { low: 1e-5, high: 1e-1, log: true, step: null } },
      { name: 'IntDistribution', attributes: { low: 32, high: 512, log: false, step: 32 } },
      { name: 'CategoricalDistribution', attributes: { choices: ['sgd', 'adam', null] } },
      { name: 'FloatDistribution', attributes: { low: 0.5, high: 0.99, log: false, step: null } },
      { name: 'FloatDistribution', attributes: { low: -18, high: 18, log: false, step: null } },
    ])
    const ends = lines.filter(({ op_code, state }) => op_code === 6 && state !== 0)
    expect(ends.map(({ state, values }) => [state, values])).toEqual([
      [1, [0]],
      [2, [1 / 7]],
      [3, null],
      [3, null],
    ])
    for (const { datetime_complete } of ends) {
      expect(datetime_complete).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/)
    }
    expect(lines.every(({ worker_id }) => typeof worker_id === 'string')).toBe(true)
  })

  it('has a checksum in each line, of all that stands before it', async () => {
    const path = fresh()
    await writeJournal(path, 4)
    for (const line of readFileSync(path, 'utf8').trimEnd().split('\n')) {
      const [, body, crc] = /^(.*),"crc":"([0-9a-f]{8})"\}$/s.exec(line) ?? []
      expect(crc).toBe(
        crc32(body ?? '')
          .toString(16)
          .padStart(8, '0'),
      )
    }
  })

  it('says what is wrong with a call, and writes nothing then', async () => {
    const path = fresh()
    const journal = await opened(path)
    runTrial(journal, 0)
    const before = readFileSync(path, 'utf8')
    expect(() => journal.create(0, paramsOf(0))).toThrow('journal.create: there is a trial 0 already')
    expect(() => journal.create(1, { rate: 1 })).toThrow('journal.create: not parameters of the space: {"rate":1}')
    expect(() => journal.begin(1)).toThrow('journal.begin: there is no trial 1')
    expect(() => journal.report(0, 1, 1)).toThrow('trial 0 has its result already: complete')
    journal.create(1, paramsOf(1))
    expect(() => journal.note(1, 'cachegrad:outcome', 1)).toThrow('names that begin with cachegrad: are taken')
    expect(() => journal.note(1, 'f', () => 1)).toThrow('expected what JSON can hold')
    expect(() => journal.end(1, { state: 'complete', value: Number.NaN, reason: undefined })).toThrow('the value NaN')
    expect(readFileSync(path, 'utf8').slice(before.length).split('\n')).toHaveLength(2)
    journal.close()
    expect(() => journal.begin(1)).toThrow(`runSweep: journal ${path} cannot be written: it is closed`)
  })

  it('keeps a trial’s numbers as they are reported again by another attempt', async () => {
    const path = fresh()
    const journal = await opened(path)
    journal.create(0, paramsOf(0))
    journal.begin(0)
    journal.report(0, 2, 0.2)
    journal.toWaiting(0)
    expect(journal.trials[0]?.state).toBe('waiting')
    journal.begin(0)
    journal.report(0, 1, 0.1)
    journal.report(0, 2, 0.25)
    journal.note(0, 'rates', [Number.NaN, Number.NEGATIVE_INFINITY])
    journal.close()
    const again = await opened(path)
    expect(again.trials[0]).toMatchObject({
      attempts: 2,
      notes: { rates: ['NaN', '-Infinity'] },
      reported: [
        { step: 1, value: 0.1 },
        { step: 2, value: 0.25 },
      ],
    })
    again.close()
  })
})

describe('a study that changed', () => {
  const changed = (asked: Partial<typeof head>) => async (): Promise<string> => {
    const path = fresh()
    await writeJournal(path, 1)
    const before = readFileSync(path)
    const message = await refused(path, { ...head, ...asked })
    expect(readFileSync(path)).toEqual(before)
    expect(message).not.toContain('\n')
    return message
  }

  it('is refused, and the message names the difference', async () => {
    expect(await changed({ seed: 2 })()).toContain('its seed was 1, but is 2; put that back')
    expect(await changed({ sampler: 'tpe({})' })()).toContain('its sampler was "random", but is "tpe({})"')
    expect(await changed({ direction: 'minimize' })()).toContain('its direction was "maximize", but is "minimize"')
    expect(await changed({ repeats: 3 })()).toContain('its repeats was 1, but is 3')
    const { rate, ...others } = head.space
    expect(await changed({ space: others })()).toContain('its parameter "rate" is gone')
    expect(await changed({ space: { ...head.space, more: uniform(0, 1) } })()).toContain("it had no parameter 'more'")
    expect(await changed({ space: { ...head.space, hidden: int(32, 512) } })()).toContain(
      "its parameter 'hidden' was {",
    )
    expect(await changed({ space: { ...others, rate: rate ?? uniform(0, 1) } })()).toContain(
      'in the order ["rate","hidden"',
    )
  })

  it('is another one under another name, in the same file', async () => {
    const path = fresh()
    const first = await writeJournal(path, 3)
    const other = await opened(path, { ...head, name: 'second', seed: 2, direction: 'minimize' })
    for (let number = 0; number < 3; number++) runTrial(other, number)
    other.close()
    const again = await opened(path)
    expect(again.trials.slice(0, 3)).toEqual(first.slice(0, 3))
    again.close()
    const second = await opened(path, { ...head, name: 'second', seed: 2, direction: 'minimize' })
    expect(second.trials).toEqual(other.trials)
    second.close()
  })
})

describe('a study of Optuna’s', () => {
  const copy = (): string => {
    const path = fresh()
    writeFileSync(path, readFileSync(new URL('./optuna.jsonl', import.meta.url)))
    return path
  }

  it('is read, and goes on here', async () => {
    const path = copy()
    const journal = await opened(path)
    expect(journal.warnings).toEqual([`${path}: left out a trial of Optuna's with other parameters than the space's`])
    expect(journal.trials.map(({ number, state }) => [number, state])).toEqual([
      [0, 'complete'],
      [1, 'complete'],
      [2, 'complete'],
      [3, 'failed'],
      [4, 'waiting'],
    ])
    expect(journal.trials[0]).toMatchObject({
      params: { rule: 'adam', hidden: 64, rate: 0.001, offset: 0.5 },
      value: 0.064,
      reported: [{ step: 1, value: 0.25 }],
      notes: { from: 'Python é \u2028' },
      attempts: 1,
      ended: Date.UTC(2026, 10, 22, 10, 7, 13, 363),
    })
    expect(journal.trials[1]?.reported).toEqual([{ step: 1, value: Number.NaN }])
    expect(journal.trials[4]?.params).toEqual({ rule: null, hidden: 96, rate: 0.01, offset: -0.5 })
    journal.begin(4)
    journal.end(4, { state: 'complete', value: 1, reason: undefined })
    runTrial(journal, 5)
    journal.close()
    const again = await opened(path)
    expect(again.trials).toEqual(journal.trials)
    again.close()
  })

  it('is refused where its direction is another one', async () => {
    expect(await refused(copy(), { ...head, direction: 'minimize' })).toContain('its direction is another one than')
  })

  it('may be written to while it is open here', async () => {
    const path = fresh()
    const journal = await opened(path)
    runTrial(journal, 0)
    const line = { op_code: 4, worker_id: 'w', study_id: 0, datetime_start: '2026-11-22T10:07:13.320456+00:00' }
    appendFileSync(path, `${JSON.stringify(line)}\n`)
    runTrial(journal, 1)
    appendFileSync(path, `${JSON.stringify({ ...line, study_id: 7 })}\n`)
    runTrial(journal, 2)
    journal.close()
    expect(journal.trials.map(({ number, state }) => [number, state])).toEqual([
      [0, 'complete'],
      [1, 'pruned'],
      [2, 'diverged'],
    ])
    const ids = linesOf(path).flatMap(({ op_code, state, trial_id }) =>
      op_code === 6 && state !== 0 ? [trial_id] : [],
    )
    expect(ids).toEqual([0, 2, 3])
    const again = await opened(path)
    expect(again.trials).toEqual(journal.trials)
    again.close()
  })
})

describe('a file that cannot be a journal', () => {
  it('is told in one line, and stays as it is', async () => {
    const text = fresh()
    writeFileSync(text, '# not a journal\n')
    expect(await refused(text)).toBe(`runSweep: journal ${text} is no journal; name another file`)
    expect(readFileSync(text, 'utf8')).toBe('# not a journal\n')
    const folder = fresh()
    mkdirSync(folder)
    expect(await refused(folder)).toBe(`runSweep: journal ${folder} is no file; name a file`)
    expect(await refused('/nowhere/at/all.jsonl')).toBe(
      'runSweep: journal /nowhere/at/all.jsonl: its folder is not there (ENOENT)',
    )
  })

  it('is noticed when it is removed under us', async () => {
    const path = fresh()
    const journal = await opened(path)
    rmSync(path)
    expect(() => journal.create(0, paramsOf(0))).toThrow('another program removed, replaced or shortened it')
    expect(journal.trials).toEqual([])
    journal.close()
    expect(existsSync(path)).toBe(false)
  })

  it('is one journal under two names', async () => {
    const path = fresh()
    const journal = await opened(path)
    const link = fresh()
    symlinkSync(path, link)
    expect(await refused(link)).toContain(`is held by this process (${process.pid}) itself`)
    journal.close()
  })
})

it('reopens 10,000 trials in under 2 s of the processor', async () => {
  const path = fresh()
  const journal = await opened(path)
  for (let number = 0; number < 10_000; number++) {
    journal.create(number, paramsOf(number))
    journal.begin(number)
    journal.report(number, 1, 0.5)
    journal.end(number, { state: 'complete', value: number, reason: undefined })
  }
  journal.close()
  const before = process.cpuUsage()
  const again = await opened(path)
  const { user, system } = process.cpuUsage(before)
  expect(again.trials).toHaveLength(10_000)
  expect((user + system) / 1e6).toBeLessThan(2)
  again.close()
}, 60_000)
