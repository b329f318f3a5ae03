import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cifarRecipes, fastNet, fastSolver } from '../../experiments/support/fastRecipe.ts'
import { ablation, methods, without } from '../../experiments/support/leaveOut.ts'
import {
  addRun,
  answered,
  answerTo,
  type MeasuredRun,
  readRuns,
  runsTable,
} from '../../experiments/support/measuredRuns.ts'
import { train } from '../../src/index.ts'
import { bytes } from '../../src/tensor/index.ts'
import { newFolder } from '../data/support.ts'
import { right } from '../support.ts'

const run = (seed: number, accuracy: number, recipe: object = { widths: [4] }): MeasuredRun => ({
  ...{ recipe, seed, on: 'validation', backend: 'js', accuracy, viewsAccuracy: accuracy + 0.01, steps: 1, seconds: 90 },
  status: 'finished',
  ...{ epochs: [], machine: 'one', node: 'v20.19.0', date: '2026-01-01' },
})

describe('a journal of runs', () => {
  test('answers a question that was asked before, whatever the order of its settings', () => {
    const path = join(newFolder(), 'runs.jsonl')
    expect(readRuns(path)).toEqual([])
    const made = run(1, 0.5, { widths: [4], average: 0 })
    addRun(path, made)
    const question = { on: 'validation', backend: 'js', seed: 1, recipe: { average: 0, widths: [4] } } as const
    expect(answerTo(readRuns(path), question)).toEqual(made)
    expect(answerTo(readRuns(path), { ...question, seed: 2 })).toBeUndefined()
    expect(answerTo(readRuns(path), { ...question, on: 'test' })).toBeUndefined()
    expect(answerTo(readRuns(path), { ...question, recipe: { average: 0.9, widths: [4] } })).toBeUndefined()
  })

  test('that a crash cut off loses the cut line and no other', () => {
    const path = join(newFolder(), 'runs.jsonl')
    addRun(path, run(1, 0.5))
    appendFileSync(path, '{"recipe":{"widths":[4]')
    addRun(path, run(2, 0.6))
    expect(readRuns(path).map(({ seed }) => seed)).toEqual([1, 2])
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(4)
  })
})

test('the table has mean and deviation by n − 1, the lowest run, and points from the first row', () => {
  const rows = [
    { name: 'whole', runs: [run(1, 0.9), run(2, 0.91), run(3, 0.92)] },
    { name: 'without a', runs: [run(1, 0.89)] },
    { name: 'without b', runs: [] },
    { name: 'without c', runs: [run(1, 0.9), { ...run(2, 0.1), status: 'diverged' }] },
  ]
  // numpy.std([.9, .91, .92], ddof=1) is 0.01.
  expect(runsTable(rows, 'validation').split('\n')).toEqual([
    '|  | runs | validation accuracy | lowest | points | with views | minutes |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    '| whole | 3 | 0.9100 ± 0.0100 | 0.9000 | +0.00 | 0.9200 ± 0.0100 | 1.5 |',
    '| without a | 1 | 0.8900 | 0.8900 | −2.00 | 0.9000 | 1.5 |',
    // numpy.std([.9, .1], ddof=1) is 0.5657.
    '| without c | 2, 1 diverged | 0.5000 ± 0.5657 | 0.1000 | −41.00 | 0.5100 ± 0.5657 | 1.5 |',
  ])
})

describe('what the journal of measured runs says', () => {
  const journal = readRuns('experiments/measured/cifar10.jsonl')
  const seeds = [1, 2, 3]
  const backend = 'blas'

  test.each(['conv', 'record'] as const)('README and the guide tell of %s', (name) => {
    const rows = answered(ablation(name, cifarRecipes[name], [], seeds, { on: 'test', backend }), journal)
    expect(rows[0]?.runs).toHaveLength(seeds.length)
    const [plain = 'no figure', views = 'no figure'] = runsTable(rows, 'test').match(/0\.\d{4} ± 0\.\d{4}/g) ?? []
    const readme = readFileSync('README.md', 'utf8')
    const guide = readFileSync('docs/methods.md', 'utf8')
    expect(readme).toContain(plain)
    if (name === 'record') expect(readme).toContain(`**${views}** with views`)
    for (const figure of [plain, views]) expect(guide).toContain(figure)
  })

  test('the guide shows of every method', () => {
    const recipe = { ...cifarRecipes.conv, widths: [32, 64, 128], numEpochs: 5 }
    const rows = answered(ablation('conv, whole', recipe, methods, seeds, { on: 'validation', backend }), journal)
    expect(rows.flatMap(({ runs }) => runs)).toHaveLength((1 + methods.length) * seeds.length)
    expect(readFileSync('docs/methods.md', 'utf8')).toContain(runsTable(rows, 'validation'))
  })

  test('the guide shows of the epochs of record', () => {
    const [row] = answered(ablation('record', cifarRecipes.record, [], [1], { on: 'validation', backend }), journal)
    const [, ...epochs] = row?.runs[0]?.epochs ?? []
    expect(epochs).toHaveLength(cifarRecipes.record.numEpochs)
    const accuracies = epochs.map((accuracy) => accuracy.toFixed(3)).join(' | ')
    expect(readFileSync('docs/methods.md', 'utf8')).toContain(`| accuracy | ${accuracies} |`)
  })
})

describe('a recipe without a method', () => {
  const images = {
    xTrain: bytes(
      [8, 3, 32, 32],
      Uint8Array.from({ length: 8 * 3072 }, (_, i) => (i * 37) % 251),
      125,
      0.02,
    ),
  }

  test.each(methods)('%s is another one, which trains', (method) => {
    const recipe = { ...cifarRecipes.conv, widths: [2, 2, 2], batchSize: 8, numEpochs: 1 }
    const changed = without(recipe, method)
    expect(changed).not.toEqual(recipe)
    const events = right(
      train(fastNet(changed, 3, 32), { ...images, yTrain: [0, 1, 2, 3, 4, 5, 6, 7] }, fastSolver(changed)),
    )
    const end = [...events].at(-1)
    expect(end).toMatchObject({ _tag: 'Done', result: { status: 'finished', steps: 1 } })
  })
})

test('images that are too small for the blocks are told of', () => {
  expect(() => fastNet(cifarRecipes.conv, 3, 8)).toThrow('images of 8×8 pixels have room for fewer blocks, but got 3')
})
