import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { ReportError, type RunRecord, reportPage, writeReport } from '../../src/report/index.ts'
import { leftMessage } from '../support.ts'
import { bigRecord, classesOf, curvesOf, figureOf, textOf } from './support.ts'

const record = bigRecord(100, 5)

/** A run of that seed, whose net gets so much of the test set right. */
const ofSeed = (seed: number, accuracy: number, more: Partial<RunRecord> = {}): RunRecord => ({
  ...record,
  settings: [...record.settings, ['seed', String(seed)]],
  test: { ...classesOf(record), accuracy },
  ...more,
})

const cellsOf = (page: string): string[][] =>
  [...(/<table id="runs">[\s\S]*?<\/table>/.exec(page)?.[0] ?? '').matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(
    ([, row = '']) => [...row.matchAll(/<t[hd]>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) => textOf(cell).trim()),
  )

describe('runs that differ in their seeds', () => {
  const page = reportPage([ofSeed(1, 0.9), ofSeed(2, 0.91), ofSeed(3, 0.92)])

  test('have one title, and mean and deviation by n − 1 of the score on the test set', () => {
    expect(page).toContain('<h1>A long run</h1>')
    // numpy.std([.9, .91, .92], ddof=1) is 0.01.
    expect(textOf(page)).toContain('91.00 % ± 1.00 points test accuracy: mean and standard deviation of 3 runs.')
  })

  test('have a row each, with what they have of their own', () => {
    const [head, ...rows] = cellsOf(page)
    expect(head).toEqual([
      ...['run', 'test', 'best validation', 'training', 'last loss', 'steps', 'time', 'parameters', 'seed'],
    ])
    expect(rows.map(([name, tested, , , , , , , seed]) => [name, tested, seed])).toEqual([
      ['seed 1', '90.00 %', '1'],
      ['seed 2', '91.00 %', '2'],
      ['seed 3', '92.00 %', '3'],
    ])
  })

  test('have their curves on top of each other, the first in front', () => {
    expect(curvesOf(figureOf(page, 'loss'))).toEqual(['s3', 's2', 's1'].map((color) => ({ color, points: 100 })))
    for (const id of ['validation', 'training']) {
      expect(curvesOf(figureOf(page, id)).map(({ color }) => color)).toEqual(['s3', 's2', 's1'])
      expect(textOf(figureOf(page, id))).toContain('seed 1 seed 2 seed 3')
    }
  })

  test('have the settings that they share in a table', () => {
    const setup = /<section id="setup">[\s\S]*?<\/section>/.exec(page)?.[0] ?? ''
    expect(textOf(setup)).toContain('setting 0 0 setting 1 1')
    expect(textOf(setup)).not.toContain('seed')
    expect(textOf(setup)).toContain('node v20')
  })

  test('are a page as any: names are given once, nothing is fetched, nothing runs', () => {
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map((match) => match[1] as string)
    expect(new Set(ids).size).toBe(ids.length)
    const used = [...page.matchAll(/url\(#([^)]*)\)|aria-labelledby="([^"]*)"/g)].map((m) => m[1] ?? m[2])
    expect(used.filter((id) => !ids.includes(id as string))).toEqual([])
    expect(page).not.toMatch(/<script|<link|<iframe|<img|@import|\bon\w+\s*=\s*"/i)
  })
})

describe('runs with settings of their own', () => {
  test('have the best one named, and no mean', () => {
    const page = reportPage([
      { ...ofSeed(1, 0.9), title: 'small' },
      { ...ofSeed(1, 0.93, { settings: [['width', '64']] }), title: 'large & wide' },
    ])
    expect(page).toContain('<h1>2 runs</h1>')
    expect(textOf(page)).toContain('The best of 2 runs by test accuracy: large & wide, 93.00 %.')
    expect(page).toContain('large &amp; wide')
  })

  test('more than eight: the further ones are grey, and behind', () => {
    const page = reportPage(Array.from({ length: 10 }, (_, seed) => ofSeed(seed, 0.9)))
    const colors = curvesOf(figureOf(page, 'loss')).map(({ color }) => color)
    expect(colors).toEqual(['muted', 'muted', 's8', 's7', 's6', 's5', 's4', 's3', 's2', 's1'])
    expect(textOf(figureOf(page, 'loss'))).toContain('2 further runs')
    expect(cellsOf(page)).toHaveLength(11)
  })

  test('that cannot be told apart are counted', () => {
    expect(cellsOf(reportPage([record, record])).map(([name]) => name)).toEqual(['run', 'run 1', 'run 2'])
  })

  test('without validation or test: what they have is compared', () => {
    const { test: _, best: _b, ...bare } = record
    const trained = { ...bare, epochs: bare.epochs.map(({ epoch, trainScore }) => ({ epoch, trainScore })) }
    const page = reportPage([trained, { ...trained, title: 'b', status: 'interrupted' }])
    expect(page).not.toContain('id="validation"')
    expect(textOf(page)).toContain('by training accuracy: A long run, 90.50 %.')
    expect(cellsOf(page).map((row) => row.at(-1))).toEqual(['status', '', 'interrupted'])
  })

  test('of another score, lower is better', () => {
    const { test: _, best: _b, ...bare } = record
    const score = { name: 'rmse', label: 'RMSE', better: 'lower' } as const
    const one = {
      ...bare,
      score,
      title: 'one',
      epochs: [
        { epoch: 0, trainScore: 3 },
        { epoch: 1, trainScore: 2 },
      ],
    }
    const other = {
      ...one,
      title: 'other',
      epochs: [
        { epoch: 0, trainScore: 3 },
        { epoch: 1, trainScore: 1.5 },
      ],
    }
    const page = reportPage([one, other])
    expect(textOf(page)).toContain('The best of 2 runs by training RMSE: other, 1.5.')
    expect(textOf(figureOf(page, 'training'))).toContain('Training RMSE by epoch')
  })
})

describe('a list that is none', () => {
  const messageOf = (records: unknown): string => {
    try {
      reportPage(records as RunRecord[])
    } catch (reason) {
      expect(reason).toBeInstanceOf(ReportError)
      return (reason as Error).message
    }
    return ''
  }

  test('is told of by its place', async () => {
    expect(messageOf([])).toBe('reportPage: the list has no run; give at least one record')
    expect(messageOf([record, { ...record, loss: 'none' }])).toMatch(
      /^reportPage: run 1 of the list: loss of the record must be a list, each a number, but got 'none'; give the record that a recorder's finish returns$/,
    )
    expect(messageOf([record, undefined])).toMatch(/^reportPage: run 1 of the list: record must be the record that /)
    const result = await writeReport('runs.html', [])()
    expect(E.isLeft(result) && result.left).toBeInstanceOf(ReportError)
    expect(leftMessage(result)).toBe('writeReport: the list has no run; give at least one record')
  })

  test('has one score', () => {
    const other = { ...record, score: { name: 'r2', label: 'R²', better: 'higher' } as const }
    expect(messageOf([record, other])).toBe(
      'reportPage: runs on one page have the same score, but run 0 has accuracy and run 1 r2; give each task a page',
    )
  })
})
