import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { ReportError, type SweepRecord, sweepPage, writeSweepReport } from '../../src/report/index.ts'
import { rank, type Trial } from '../../src/sweep/index.ts'
import { choice, int, normal, uniform, when } from '../../src/sweep/space/index.ts'
import { newFolder } from '../data/support.ts'
import { leftMessage } from '../support.ts'
import { figureOf, textOf } from './support.ts'
import { lengthsIn, marks, marksOf, rowsOf, space, startsIn, startsOf, sweepRecord, trial } from './sweepSupport.ts'

const ids = (page: string): string[] =>
  [...page.matchAll(/<(?:section|figure) id="([^"]*)"/g)].map((match) => match[1] as string)

const record = sweepRecord(100)
const page = sweepPage(record)
const inState = (state: Trial['state']): readonly Trial[] => record.trials.filter((one) => one.state === state)
const ranked = rank(record.trials, 'maximize')
const [top] = ranked as [Trial]

describe('the page of 100 trials', () => {
  test('has the parts in their order', () => {
    expect(ids(page)).toEqual([
      ...['best', 'progress', 'history', 'curves', 'parameters', 'importance', 'parallel', 'slices', 'table', 'setup'],
    ])
  })

  test('tells the outcome, how it was run, and how to run the best one again', () => {
    const text = textOf(page)
    expect(text).toContain(`Trial ${top.number} has the highest value, ${top.value}.`)
    expect(text).toContain(
      `100 trials: ${inState('complete').length} complete, ${inState('pruned').length} pruned, 2 diverged, 2 failed.`,
    )
    expect(page).toContain('<pre><code>npx tsx experiments/sweep-cifar10.ts --trials 100 --workers 2</code></pre>')
    expect(page).toContain(`<pre><code>npx tsx experiments/sweep-cifar10.ts --retrain ${top.number}</code></pre>`)
    const data = textOf(/<pre class="data"><code>(.*?)<\/code>/s.exec(page)?.[1] ?? '')
    expect(JSON.parse(data)).toEqual(top.params)
    // 100 times 7.3 s.
    expect(text).toContain('sampler tpe({"startup":10}) pruner asha({"reduction":3}) seed 231')
    expect(text).toContain('time of all trials 12 min')
    expect(text).toContain('momentum 0.5 to 0.99; where updateRule is sgdMomentum')
  })

  test('the table has a row a trial, in the order of rank, with its numbers', () => {
    const rows = rowsOf(page)
    expect(rows.map((row) => Number(row[1]))).toEqual(ranked.map(({ number }) => number))
    expect(rows.map((row) => row[2])).toEqual(ranked.map(({ state }) => state))
    for (const [i, { value, params }] of ranked.entries()) {
      const row = rows[i] ?? []
      if (value === undefined) expect(row[3]).toBe('')
      else expect(Number(row[3])).toBeCloseTo(value, 4)
      expect(row[6]).toBe(String(params.hidden))
      expect(row[8]).toBe(params.updateRule)
      expect(row[9] === '').toBe(params.momentum === undefined)
    }
  })

  test('the history has a dot a trial where its number and its value are', () => {
    const complete = [...inState('complete')].sort((a, b) => a.number - b.number)
    const dots = startsOf(page, 'history', 's1')
    expect(dots).toHaveLength(complete.length)
    expect(startsOf(page, 'history', 's8')).toHaveLength(inState('pruned').length)
    // A cross is two lines.
    expect(startsOf(page, 'history', 'wrong')).toHaveLength(2 * 4)
    const [first, last] = [complete[0] as Trial, complete.at(-1) as Trial]
    const [x0, x1] = [dots[0]?.[0] ?? 0, dots.at(-1)?.[0] ?? 0]
    const lowest = complete.reduce((a, b) => ((a.value as number) < (b.value as number) ? a : b))
    const [yTop, yLow] = [top, lowest].map((one) => dots[complete.indexOf(one)]?.[1] ?? 0) as [number, number]
    for (const [i, { number, value }] of complete.entries()) {
      const x = x0 + ((number - first.number) / (last.number - first.number)) * (x1 - x0)
      const share = ((value as number) - (lowest.value as number)) / ((top.value as number) - (lowest.value as number))
      expect(Math.abs((dots[i]?.[0] ?? 0) - x)).toBeLessThanOrEqual(1)
      expect(Math.abs((dots[i]?.[1] ?? 0) - (yLow + share * (yTop - yLow)))).toBeLessThanOrEqual(1.01)
    }
  })

  test('the best so far goes up only, by the trials that were better than all before', () => {
    let so = Number.NEGATIVE_INFINITY
    const better = record.trials.filter(({ state, value = so }) => {
      const isBetter = state === 'complete' && value > so
      if (isBetter) so = value
      return isBetter
    })
    const [stairs, dots] = marks(page, 'history', 's2')
    expect(lengthsIn(stairs)).toEqual([2 * better.length])
    expect(startsIn(dots)).toHaveLength(better.length)
    const heights = startsIn(dots).map(([, y]) => y)
    expect(heights).toEqual([...heights].sort((a, b) => b - a))
  })

  test('a curve a trial, and a mark where a pruned one stopped', () => {
    const pruned = inState('pruned').filter(({ reported }) => reported.length > 0)
    const [curves, crosses] = marks(page, 'curves', 's8')
    expect([...lengthsIn(curves)].sort()).toEqual(pruned.map(({ reported }) => Math.max(2, reported.length)).sort())
    expect(startsIn(crosses)).toHaveLength(2 * pruned.length)
    const complete = lengthsIn(marks(page, 'curves', 's1')[0])
    expect(complete).toEqual(new Array(inState('complete').length - 1).fill(10))
    expect(marks(page, 'curves', 's2').map(lengthsIn)).toEqual([[10]])
  })

  test('a line a trial through all parameters, the best one most to the right in the last row', () => {
    const corners = Object.keys(space).length + 1
    const others = [...marks(page, 'parallel', 's8'), ...marks(page, 'parallel', 's1')]
    expect(others.flatMap(lengthsIn)).toEqual(new Array(inState('complete').length - 1).fill(corners))
    const [line, dots] = marks(page, 'parallel', 's2')
    expect(startsIn(dots)).toEqual(line?.lines[0])
    const ends = others.flatMap(({ lines }) => lines.map((one) => one.at(-1)?.[0] ?? Number.NaN))
    expect(startsIn(dots).at(-1)?.[0]).toBeGreaterThanOrEqual(Math.max(...ends))
    // The learning rates stand in the order of their size.
    const rates = inState('complete')
      .filter(({ number }) => number !== top.number)
      .map(({ params }) => params.learningRate as number)
    const places = others.flatMap(startsIn).map(([x]) => x)
    const byRank = ranked.filter(({ state, number }) => state === 'complete' && number !== top.number)
    const drawn = [...byRank.slice(6), ...byRank.slice(0, 6)].map(({ params }) => params.learningRate as number)
    const order = drawn.map((rate, i) => [rate, places[i] ?? 0] as const).sort(([a], [b]) => a - b)
    expect(order.map(([rate]) => rate)).toEqual(rates.sort((a, b) => a - b))
    for (const [i, [, x]] of order.entries()) expect(x).toBeGreaterThanOrEqual(order[i - 1]?.[1] ?? 0)
  })

  test('a panel a parameter, with the trials that had it', () => {
    const figure = figureOf(page, 'slices')
    expect([...figure.matchAll(/<h4[^>]*>([^<]*)</g)].map((match) => match[1])).toEqual(Object.keys(space))
    const panels = figure.split('<h4').slice(1)
    for (const [i, name] of Object.keys(space).entries()) {
      const having = inState('complete').filter(({ params }) => params[name] !== undefined)
      const dots = marksOf(panels[i] ?? '').filter(({ color }) => color === 's1')
      expect(dots.flatMap(startsIn)).toHaveLength(having.length)
    }
    // Choices stand apart: sgdMomentum to the left of adam.
    const [sgd, adam] = ['sgdMomentum', 'adam'].map((rule) => {
      const order = ranked.filter(({ state }) => state === 'complete')
      const dots = startsIn(marksOf(panels[4] ?? '').find(({ color }) => color === 's1'))
      return dots.filter((_, k) => order[k]?.params.updateRule === rule).map(([x]) => x)
    })
    expect(sgd?.length).toBeGreaterThan(5)
    expect(Math.max(...(sgd as number[]))).toBeLessThan(Math.min(...(adam as number[])))
  })

  test('the learning rate matters most, as it was made; the method is told', () => {
    const text = textOf(figureOf(page, 'importance'))
    expect(text).toContain('Functional ANOVA')
    expect(text).toMatch(/Importance of parameters alone together with others learningRate/)
    const bars = [...text.matchAll(/(\d+) % alone, (\d+) % in all/g)].map((match) => [
      Number(match[1]),
      Number(match[2]),
    ])
    expect(bars[0]?.[0]).toBeGreaterThan(50)
    const totals = bars.map(([, total]) => total as number)
    expect(totals).toEqual([...totals].sort((a, b) => b - a))
    for (const [alone = 0, total = 0] of bars) expect(alone).toBeLessThanOrEqual(total)
  })

  test('reasons are counted', () => {
    expect(textOf(page)).toContain('failed: Error: out of memory 2 trials: 17, 67')
    expect(textOf(page)).toContain('diverged: step 3: NaN 2 trials: 42, 92')
  })

  test('is the same text each time, in whatever order the trials come', () => {
    expect(sweepPage({ ...record, trials: record.trials.toReversed() })).toBe(page)
  })

  test('fetches nothing and runs nothing, and no name is given twice', () => {
    expect(page).not.toMatch(/<script|<link|<iframe|<object|<embed|@import|@font-face|\bon\w+\s*=\s*"/i)
    expect(page).not.toMatch(/\b(?:src|href|srcset|action|data)="/)
    const names = [...page.matchAll(/ id="([^"]*)"/g)].map((match) => match[1] as string)
    expect(new Set(names).size).toBe(names.length)
    const used = [...page.matchAll(/url\(#([^)]*)\)|aria-labelledby="([^"]*)"/g)].map((m) => m[1] ?? m[2])
    expect(used.filter((id) => !names.includes(id as string))).toEqual([])
  })
})

describe('odd sweeps', () => {
  test('no trials', () => {
    const empty = sweepPage({ ...record, trials: [] })
    expect(ids(empty)).toEqual(['setup'])
    expect(textOf(empty)).toContain('No trial has begun.')
  })

  test('one trial', () => {
    const one = sweepPage(sweepRecord(1))
    expect(rowsOf(one)).toHaveLength(1)
    expect(startsOf(one, 'history', 's1')).toHaveLength(1)
    expect(ids(one)).not.toContain('importance')
  })

  test('all failed', () => {
    const trials = record.trials.map((one): Trial => ({ ...one, state: 'failed', value: undefined, reported: [] }))
    const failed = sweepPage({ ...record, trials })
    expect(ids(failed)).toEqual(['table', 'setup'])
    expect(textOf(failed)).toContain('All trials failed: see the reasons below.')
    expect(rowsOf(failed)).toHaveLength(100)
  })

  test('none complete, some running', () => {
    const trials = [
      trial(0, { state: 'pruned', value: 0.2 }),
      trial(1, { state: 'running' }),
      trial(2, { state: 'diverged' }),
    ]
    const text = textOf(sweepPage({ ...record, trials }))
    expect(text).toContain('The sweep has not ended: 1 trial had no result when this page was written.')
    expect(text).toContain('3 trials: 1 pruned, 1 diverged, 1 running.')
  })

  test('one parameter, minimized', () => {
    const from = { x: uniform(1e-4, 1e-2) }
    const trials = Array.from({ length: 40 }, (_, i) =>
      trial(i, { params: { x: 1e-4 * (i + 1) }, value: (i - 11) ** 2 }),
    )
    const single = sweepPage({ ...record, space: from, direction: 'minimize', trials })
    expect(textOf(single)).toContain('Trial 11 has the lowest value, 0.')
    expect(textOf(figureOf(single, 'importance'))).toContain('100 % alone, 100 % in all')
    expect(
      rowsOf(single)
        .slice(0, 3)
        .map((row) => row[1]),
    ).toEqual(['11', '10', '12'])
  })

  test('values of many sizes, equal values, values that are no numbers, domains of one value', () => {
    const from = {
      a: uniform(2, 2),
      b: choice(['only']),
      c: normal(0, 1),
      d: int(1, 1000, { log: true }),
      e: int(0, 8),
    }
    const params = { a: 2, b: 'only', c: -7.5, d: 30, e: 4 }
    const values = [1e-9, 1, 1, 1e12, 1e300, 3, 4, 5, 0.1, 0.01, 7, 8]
    for (const all of [
      values,
      values.map(() => 0),
      values.map((v) => -v),
      values.map((v) => 1e9 + Math.min(v, 10)),
      [Number.NaN],
    ]) {
      for (const direction of ['maximize', 'minimize'] as const) {
        const trials = all.map((value, i) =>
          trial(i, {
            params,
            value,
            reported: [
              { step: 0, value },
              { step: 1, value: Number.NaN },
            ],
          }),
        )
        const drawn = sweepPage({ ...record, space: from, direction, trials })
        expect(/.{0,60}(?:NaN|Infinity|undefined).{0,60}/.exec(drawn)?.[0]).toBeUndefined()
      }
    }
  })

  test('one value that is far out does not flatten the rest, and is told', () => {
    const trials = [...sweepRecord(60).trials.map((one) => ({ ...one })), trial(60, { params: {}, value: -1e9 })]
    const drawn = sweepPage({ ...record, trials })
    expect(textOf(figureOf(drawn, 'history'))).toContain('1 value far worse than the rest stands at the axis’s end.')
    const heights = startsOf(drawn, 'history', 's1').map(([, y]) => y)
    expect(new Set(heights).size).toBeGreaterThan(20)
  })
})

describe('hostile names', () => {
  const evil = `<script>alert(1)</script>"'><img src=x onerror=alert(1)> & {a|b} \${x} zr0-c0`

  test('are shown as they are', () => {
    const from = {
      [evil]: choice([evil, `${evil}2`]),
      b: when(evil, [evil], uniform(0, 1)),
      __proto__x: uniform(0, 1),
    }
    const trials = Array.from({ length: 30 }, (_, i) =>
      trial(i, {
        params: { [evil]: i % 2 === 0 ? evil : `${evil}2`, __proto__x: i / 30, ...(i % 2 === 0 ? { b: i / 30 } : {}) },
        value: i,
        reported: [
          { step: 1, value: i },
          { step: 2, value: i + 1 },
        ],
        ...(i > 25 ? { state: 'failed', value: undefined, reason: evil } : {}),
      }),
    )
    const facts = [[evil, evil]] as const
    const texts = { title: evil, command: evil, sampler: evil, pruner: evil, facts, rerun: () => evil }
    const hostile = sweepPage({ ...record, ...texts, space: from, trials } satisfies SweepRecord)
    expect(hostile).not.toContain('<script')
    expect(hostile).not.toContain('<img')
    expect(hostile).not.toMatch(/<[a-z][^>]*\sonerror/i)
    expect(textOf(hostile).split(evil).length).toBeGreaterThan(8)
    expect(rowsOf(hostile)).toHaveLength(30)
  })

  test('very long ones do not make the page large', () => {
    const long = 'x'.repeat(100_000)
    const trials = Array.from({ length: 200 }, (_, i) =>
      trial(i, { params: { [long]: `${long}${i % 2}` }, value: i, reason: long }),
    )
    const drawn = sweepPage({ ...record, space: { [long]: choice([`${long}0`, `${long}1`]) }, trials })
    // The parameters of the best trial are whole, since they are what one copies.
    expect(drawn.length).toBeLessThan(500_000)
  })
})

describe('writeSweepReport', () => {
  test('writes the page, also into a new folder, and leaves nothing else', async () => {
    const folder = join(newFolder(), 'new')
    const path = join(folder, 'sweep.html')
    expect(await writeSweepReport(path, record)()).toEqual(E.right(undefined))
    expect(readFileSync(path, 'utf8')).toBe(page)
    expect(readdirSync(folder)).toEqual(['sweep.html'])
  })

  test('what cannot be drawn or written leaves the old page', async () => {
    const path = join(newFolder(), 'sweep.html')
    writeFileSync(path, 'old')
    const broken = { ...record, trials: undefined } as unknown as SweepRecord
    const result = await writeSweepReport(path, broken)()
    expect(E.isLeft(result) && result.left).toBeInstanceOf(ReportError)
    expect(leftMessage(result)).toMatch(
      /^writeSweepReport: trials of the record must be a list, each a record, but got undefined; give a SweepRecord/,
    )
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(leftMessage(await writeSweepReport(join(path, 'sweep.html'), record)())).toContain('is a file, not a folder')
    expect(leftMessage(await writeSweepReport('', record)())).toBe(
      "writeSweepReport: path is the name of a file, e.g. sweep.html, but got ''",
    )
  })
})
