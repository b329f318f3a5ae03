import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Model } from '../../src/models/index.ts'
import { jsonlLog, type RunRecord, recorder, reportPage } from '../../src/report/index.ts'
import { evaluate, solve, train } from '../../src/solver/index.ts'
import { type Kind, kinds, modelOf } from '../models/taskKinds.ts'
import { random, right } from '../support.ts'
import { figureOf, shapesOf, textOf } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'cachegrad-tasks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const options = { updateRule: 'adam', numEpochs: 8 } as const
const x = random(3, [6, 4], 'float32')

interface Made {
  readonly record: RunRecord
  readonly page: string
  readonly lines: readonly Record<string, unknown>[]
  readonly scores: Readonly<Record<string, number>>
}

const madeOf = (name: string, classNames?: readonly string[]): Made => {
  const { y, ...kind } = kinds[name] as Kind
  const model = modelOf({ ...kind, y }, 'float32') as Model<unknown>
  const data = { xTrain: x, yTrain: y, xVal: x, yVal: y }
  const run = recorder({ model, data })
  const path = join(folder, `${name}.jsonl`)
  const log = jsonlLog(path)
  for (const event of right(train(model, data, options))) {
    run.see(event)
    log.see(event)
  }
  log.close()
  const record = run.finish({ test: { x, y }, ...(classNames && { classNames }) })
  const { weights } = right(solve(model, data, options))
  return {
    record,
    page: reportPage(record),
    lines: readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
    scores: evaluate(model, weights, { x, y }),
  }
}

describe('a regression', () => {
  const { record, page, lines, scores } = madeOf('mse', ['height', '<b>', 'depth'])

  test('has its score in place of an accuracy', () => {
    expect(record.score).toEqual({ name: 'r2', label: 'R²', better: 'higher' })
    expect(record.test).toMatchObject({ kind: 'numbers', rows: 6, numOutputs: 3, score: scores.r2 })
    const text = textOf(page)
    expect(text).toContain('test R²')
    expect(text).toContain('R² by epoch')
    expect(text).not.toMatch(/accuracy|Confusion/i)
    expect(text).not.toContain('NaN')
  })

  test('a dot an example, predicted against true, and how often each error occurs', () => {
    if (record.test?.kind !== 'numbers') throw new Error('no numbers')
    expect(record.test.outputs.map(({ points }) => points.length)).toEqual([6, 6, 6])
    expect(shapesOf(figureOf(page, 'predicted-1'), 's1')).toBe(6)
    expect(textOf(figureOf(page, 'predicted-2'))).toContain('Predicted against true: <b>')
    expect(textOf(figureOf(page, 'residuals-3'))).toContain('Residuals: depth')
    const [first] = record.test.outputs
    expect(first?.residuals?.end.reduce((a, b) => a + b, 0)).toBe(6)
    expect(textOf(figureOf(page, 'predicted-1'))).toMatch(/R² −?\d/)
  })

  test('loss and metrics are those of evaluate', () => {
    expect(record.test?.metrics.map(([name]) => name)).toEqual(['loss', 'r2', 'mae', 'rmse'])
  })

  test('lines of a log carry the score by its name', () => {
    const epoch = lines.find(({ tag }) => tag === 'Epoch') as Record<string, unknown>
    expect(Object.keys(epoch)).toEqual(expect.arrayContaining(['trainR2', 'valR2', 'improved']))
    expect(epoch).not.toHaveProperty('trainAcc')
    expect(lines.at(-1)).toHaveProperty('bestValR2')
  })
})

test('yes or no is two classes', () => {
  const { record, page, scores } = madeOf('binary', ['no', 'yes'])
  if (record.test?.kind !== 'classes') throw new Error('no classes')
  expect(record.test.accuracy).toBe(scores.accuracy)
  expect(record.test.classNames).toEqual(['no', 'yes'])
  expect(record.test.confusion.map((row) => row.reduce((a, b) => a + b, 0))).toEqual([3, 3])
  for (const { probability } of record.test.mistakes) expect(probability).toBeGreaterThanOrEqual(0.5)
  expect(textOf(page)).toContain('auc')
})

test('labels have a bar and a row each', () => {
  const { record, page, scores } = madeOf('multiLabel', ['rain', 'wind', 'fog'])
  if (record.test?.kind !== 'labels') throw new Error('no labels')
  expect(record.test.score).toBe(scores.f1)
  expect(record.test.labels.map(({ name, support }) => [name, support])).toEqual([
    ['rain', 3],
    ['wind', 2],
    ['fog', 3],
  ])
  expect(shapesOf(figureOf(page, 'per-label'), 's1')).toBe(3)
  expect(page).toContain('<table id="labels">')
  expect(textOf(page)).toContain('test F1')
})

test('targets that do not fit are told at once', () => {
  const kind = kinds.mse as Kind
  const model = modelOf(kind, 'float32') as Model<unknown>
  expect(() => recorder({ model, data: { xTrain: x, yTrain: [1, 2] } })).toThrow(
    'recorder: yTrain: a row of targets has 3',
  )
  const run = recorder({ model, data: { xTrain: x, yTrain: kind.y } })
  expect(() => run.finish({ test: { x, y: ['a'] } })).toThrow(
    "recorder: finish: test.y: targets are finite numbers, but row 0 has 'a'",
  )
})
