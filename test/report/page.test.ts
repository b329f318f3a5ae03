import { describe, expect, test } from 'vitest'
import { reportPage } from '../../src/report/index.ts'
import { bigRecord, classesOf, curvesOf, figureOf, imagesOf, SMALL, shapesOf, smallRun, textOf } from './support.ts'

const record = smallRun()
const page = reportPage(record)
const points = (id: string) => curvesOf(figureOf(page, id))

describe('the page of a small run', () => {
  test('tells the outcome and how to get it again', () => {
    const text = textOf(page)
    expect(text).toContain(
      `${(100 * classesOf(record).accuracy).toFixed(1)} % test accuracy on 200 examples, after 60 steps in`,
    )
    expect(page).toContain('<pre><code>npx tsx run.ts</code></pre>')
    expect(text).toContain('updateRule adam optimConfig learningRate 0.01 batchSize 50 numEpochs 5')
    expect(text).toContain(`node ${process.version}`)
  })

  test('has the parts in their order', () => {
    const ids = [...page.matchAll(/<(?:section|figure) id="([^"]*)"/g)].map((match) => match[1])
    expect(ids).toEqual([
      'setup',
      'learning',
      'loss',
      'accuracy',
      'learning-rate',
      'gradients',
      'updates',
      'test',
      'confusion',
      'per-class',
      'mistakes',
      'inside',
      'first-layer',
      'distributions',
    ])
  })

  test('the loss: each step, and the mean', () => {
    expect(points('loss')).toEqual([
      { color: 's1', points: SMALL.steps },
      { color: 's1', points: SMALL.steps },
    ])
  })

  test('accuracies: a point an epoch', () => {
    // Epoch 0 is shown where the axis begins at 0.
    expect(new Set(points('accuracy').map(({ color }) => color))).toEqual(new Set(['s1', 's2']))
    for (const { points: count } of points('accuracy')) expect([SMALL.epochs, SMALL.epochs + 1]).toContain(count)
  })

  test('the learning rate does not change', () => {
    expect(textOf(figureOf(page, 'learning-rate'))).toContain('The same in all steps: 0.01.')
    expect(points('learning-rate')).toEqual([{ color: 'muted', points: SMALL.steps }])
  })

  test.each(['gradients', 'updates'])('%s: a point a measured step, for each weight', (id) => {
    expect(points(id)).toEqual([
      { color: 's1', points: SMALL.measured },
      { color: 's2', points: SMALL.measured },
    ])
    expect(textOf(figureOf(page, id))).toContain('W1 W2')
  })

  test('the gradients say on what they were measured', () => {
    expect(textOf(figureOf(page, 'gradients'))).toContain(
      'a fixed probe batch of 100 training rows, measured at 21 steps',
    )
  })

  test('the confusion matrix: 100 cells, whose counts are all test rows', () => {
    const figure = figureOf(page, 'confusion')
    expect(shapesOf(figure, 's1') + shapesOf(figure, 'wrong') + shapesOf(figure, 'rule')).toBe(100)
    const texts = [...figure.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1] as string)
    // After predicted and true, two times ten names.
    const counts = texts.filter((text) => /^\d+$/.test(text)).map(Number)
    expect(counts.reduce((a, b) => a + b, 0) - 2 * 45).toBe(SMALL.testRows)
  })

  test('a bar a class', () => {
    expect(shapesOf(figureOf(page, 'per-class'), 's1')).toBe(10)
  })

  test('an image a unit, and two a mistake: what was seen, and what counted', () => {
    const { numMistakes, mistakes } = classesOf(record)
    expect(imagesOf(figureOf(page, 'first-layer'))).toHaveLength(SMALL.units)
    expect(mistakes).toHaveLength(Math.min(24, numMistakes))
    expect(imagesOf(figureOf(page, 'mistakes'))).toHaveLength(2 * mistakes.length)
    expect(textOf(figureOf(page, 'mistakes'))).toContain('Below each image its saliency')
  })

  test('a panel a weight, and what leaves each part of the net', () => {
    const figure = figureOf(page, 'distributions')
    expect([...figure.matchAll(/<h4[^>]*>([^<]*)</g)].map((match) => match[1])).toEqual([
      ...['W1', 'W2', 'affine1', 'relu1', 'scores'],
    ])
    expect(figure.match(/<svg /g)).toHaveLength(5)
  })

  test('is the same text each time', () => {
    expect(reportPage(record)).toBe(page)
  })

  test('names are not given twice, and what is referred to is there', () => {
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map((match) => match[1] as string)
    expect(new Set(ids).size).toBe(ids.length)
    const used = [...page.matchAll(/url\(#([^)]*)\)|aria-labelledby="([^"]*)"/g)].map((m) => m[1] ?? m[2])
    expect(used.filter((id) => !ids.includes(id as string))).toEqual([])
  })

  test('fetches nothing and runs nothing', () => {
    expect(page).not.toMatch(/<script|<link|<iframe|<object|<embed|@import|@font-face/i)
    expect(page).not.toMatch(/\bon\w+\s*=\s*"/i)
    const addresses = [...page.matchAll(/\b(?:src|href|srcset|action|poster|data)="([^"]*)"/g)].map(
      (m) => m[1] as string,
    )
    expect(addresses.length).toBeGreaterThan(SMALL.units)
    expect(addresses.filter((address) => !address.startsWith('data:image/png;base64,'))).toEqual([])
    // The only web addresses are names of XML vocabularies.
    expect(new Set(page.match(/https?:\/\/[^"]*/g))).toEqual(
      new Set(['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink']),
    )
    expect(page.match(/url\(/g)?.length).toBe(page.match(/url\(#/g)?.length)
  })
})

describe('hostile texts', () => {
  const evil = `<script>alert(1)</script>"'><img src=x onerror=alert(1)> & {a|b} zr0-c0`

  test('are shown as they are', () => {
    const hostile = reportPage({
      ...bigRecord(),
      title: evil,
      command: evil,
      backend: evil,
      settings: [[evil, evil]],
      machine: [[evil, evil]],
      test: {
        ...classesOf(bigRecord()),
        classNames: new Array(10).fill(evil),
      },
      firstLayer: {
        ...(bigRecord().firstLayer as NonNullable<ReturnType<typeof bigRecord>['firstLayer']>),
        name: evil,
      },
      layers: { probeRows: 1, gradientNorms: [{ name: evil, points: [[1, 1]] }], updateRatios: [] },
      distributions: [{ name: evil, of: 'activations', low: 0, high: 1, start: [1], end: [1] }],
    })
    expect(hostile).not.toContain('<script')
    expect(hostile).not.toContain('<img src=x')
    expect(hostile).not.toMatch(/<[a-z][^>]*\sonerror/i)
    // Title twice, command, settings twice and so on.
    expect(textOf(hostile).split(evil).length).toBeGreaterThan(30)
  })
})

describe('what is not there', () => {
  const empty = {
    ...bigRecord(),
    command: '',
    settings: [],
    machine: [],
    loss: [],
    learningRate: [],
    epochs: [],
    layers: { probeRows: 0, gradientNorms: [], updateRatios: [] },
    distributions: [],
  }
  const { test: _test, firstLayer: _firstLayer, best: _best, ...nothing } = empty

  test('is left out', () => {
    const bare = reportPage(nothing)
    expect(bare).not.toMatch(/<section|<figure|<svg|<pre>/)
    expect(textOf(bare)).toContain('A long run after 10,000 steps in 100 s with wasm.'.replace('100 s', '2 min'))
  })

  test('a run of one step, a flat curve, NaN and infinities can be drawn', () => {
    const odd = {
      ...nothing,
      loss: [Number.NaN, 1, Number.POSITIVE_INFINITY, 1, 1],
      learningRate: [0],
      epochs: [
        { epoch: 0, trainScore: Number.NaN },
        { epoch: 1, trainScore: 1, valScore: 0 },
      ],
      layers: {
        probeRows: 1,
        gradientNorms: [{ name: 'W1', points: [[1, 0] as const] }],
        updateRatios: [
          { name: 'W1', points: [[1, 1e-3] as const] },
          { name: 'W2', points: [[1, Number.NaN] as const] },
        ],
      },
    }
    const drawn = reportPage(odd)
    expect(drawn).not.toContain('NaN')
    expect(drawn).not.toContain('Infinity')
    expect(drawn).not.toContain('<figure id="gradients"')
    figureOf(drawn, 'updates')
  })

  test.each([
    ['diverged', 'The run diverged'],
    ['stoppedEarly', 'The run stopped early'],
    ['interrupted', 'The run was interrupted'],
  ] as const)('a run that %s says so', (status, text) => {
    expect(textOf(reportPage({ ...nothing, status }))).toContain(text)
  })
})

describe('size', () => {
  test('a run of 20 epochs and 10,000 steps with colour images: under 2 MB', () => {
    const record = bigRecord()
    const start = performance.now()
    const big = reportPage(record)
    console.log(
      `page of 10,000 steps: ${(big.length / 1e6).toFixed(2)} MB in ${(performance.now() - start).toFixed(0)} ms`,
    )
    expect(Buffer.byteLength(big)).toBeLessThan(2e6)
    expect(performance.now() - start).toBeLessThan(20_000)
  })

  test('neither steps nor classes make it much larger', () => {
    expect(Buffer.byteLength(reportPage(bigRecord(300_000, 150_000)))).toBeLessThan(2e6)
    expect(Buffer.byteLength(reportPage(bigRecord(1000, 2, 100)))).toBeLessThan(2e6)
  })

  test('a spike of one step in 10,000 is drawn', () => {
    const record = bigRecord()
    const heights = (loss: readonly number[]) => {
      const figure = figureOf(reportPage({ ...record, loss }), 'loss')
      const [, d = ''] = /<path d="([^"]*)"[^>]*stroke-opacity="0.35"/.exec(figure) ?? []
      const all = [...d.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map((match) => Number(match[1]))
      const top = Math.min(...all)
      return all.filter((y) => y < top + 40)
    }
    expect(heights(record.loss).length).toBeGreaterThan(10)
    expect(heights(record.loss.map((value, i) => (i === 6543 ? 50 : value)))).toHaveLength(1)
  })
})
