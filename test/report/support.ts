import { strokes } from '../../src/data/index.ts'
import { fullyConnectedNet } from '../../src/models/index.ts'
import { type ClassesTest, type RunDetails, type RunRecord, recorder } from '../../src/report/index.ts'
import { type Result, train } from '../../src/solver/index.ts'
import { sliceRows } from '../../src/tensor/index.ts'
import { right } from '../support.ts'

export const SMALL = { steps: 60, epochs: 5, measured: 21, testRows: 200, units: 12 }

/** 60 steps with digits of strokes: 500 to train, 100 to validate, 200 to test. */
export const smallRun = (details: RunDetails = {}): RunRecord => {
  const digits = right(strokes({ numTrain: 700, numTest: SMALL.testRows }))
  const data = {
    xTrain: sliceRows(digits.train.x, 0, 600),
    yTrain: digits.train.y.subarray(0, 600),
    xVal: sliceRows(digits.train.x, 600, 700),
    yVal: digits.train.y.subarray(600),
  }
  const model = right(fullyConnectedNet({ inputDim: 784, hiddenDims: [SMALL.units] }))
  const run = recorder({ model, data })
  const options = {
    updateRule: 'adam',
    optimConfig: { learningRate: 0.01 },
    batchSize: 50,
    numEpochs: SMALL.epochs,
  } as const
  for (const event of right(train(model, data, options))) run.see(event)
  return run.finish({ title: 'Strokes', command: 'npx tsx run.ts', settings: options, test: digits.test, ...details })
}

/** A run of 20 epochs and 10,000 steps that never was, with everything that a page can show. */
export const bigRecord = (steps = 10_000, epochs = 20, classes = 10): RunRecord => {
  const wave = (i: number): number => 1 + Math.sin(i * 12.9898) * 0.3
  const curve = (scale: number) =>
    Array.from({ length: 200 }, (_, i) => [(i + 1) * (steps / 200), scale * wave(i)] as const)
  const noise = (channels: 1 | 3, seed: number) => ({
    width: 32,
    height: 32,
    channels,
    pixels: Uint8Array.from({ length: 1024 * channels }, (_, i) => 128 + 127 * Math.sin((i + seed) ** 2)),
  })
  const weights = ['W1', 'W2', 'W3', 'W4', 'W5', 'W6']
  const curves = weights.map((name, i) => ({ name, points: curve(10 ** -i) }))
  const bins = Array.from({ length: 48 }, (_, i) => Math.round(100 * wave(i)))
  return {
    title: 'A long run',
    command: 'npx tsx experiments/long.ts',
    status: 'finished',
    backend: 'wasm (SIMD)',
    began: Date.UTC(2026, 0, 1),
    seconds: 100,
    measuringSeconds: 1,
    steps,
    parameters: 123_456,
    score: { name: 'accuracy', label: 'accuracy', better: 'higher' },
    best: { epoch: 12, valScore: 0.97 },
    settings: Array.from({ length: 20 }, (_, i) => [`setting ${i}`, String(i)] as const),
    machine: [['node', 'v20']],
    loss: Array.from({ length: steps }, (_, i) => 2.3 * wave(i) * Math.exp((-3 * i) / steps)),
    learningRate: Array.from({ length: steps }, (_, i) => 1e-3 * (1 - i / steps)),
    epochs: Array.from({ length: epochs + 1 }, (_, epoch) => ({
      epoch,
      trainScore: 0.9 + epoch / 1000,
      valScore: 0.9 + epoch / 2000,
    })),
    layers: { probeRows: 100, gradientNorms: curves, updateRatios: curves },
    distributions: [...weights, 'scores'].map((name) => ({
      name,
      of: name === 'scores' ? 'activations' : 'weights',
      low: -1,
      high: 1,
      start: bins,
      end: bins,
    })),
    test: {
      kind: 'classes',
      metrics: [['loss', '0.3']],
      accuracy: 0.9,
      rows: 10_000,
      classNames: Array.from({ length: classes }, (_, i) => `class ${i}`),
      confusion: Array.from({ length: classes }, (_, i) =>
        Array.from({ length: classes }, (_, j) => (i === j ? 900 : (i * 7 + j * 3) % 5)),
      ),
      perClass: Array.from({ length: classes }, (_, i) => 0.8 + i / 100),
      mistakes: Array.from({ length: 24 }, (_, i) => ({
        row: i,
        predicted: i % 10,
        truth: (i + 1) % 10,
        probability: 0.99,
        picture: noise(3, i),
      })),
      numMistakes: 1000,
    },
    firstLayer: { name: 'W1', units: 100, pictures: Array.from({ length: 64 }, (_, i) => noise(3, i)) },
  }
}

/** What a net that tells classes apart did with its test set. */
export const classesOf = ({ test }: RunRecord): ClassesTest => {
  if (test?.kind === 'classes') return test
  throw new Error(`classes were expected, but got ${test?.kind}`)
}

export const result: Result = {
  status: 'finished',
  fault: undefined,
  weights: { params: {}, state: {} },
  lastWeights: { params: {}, state: {} },
  best: undefined,
  steps: 1,
  lossHistory: [1],
  learningRateHistory: [0.1],
  scoreName: 'accuracy',
  trainScoreHistory: [0.5],
  valScoreHistory: [],
  trainAccHistory: [0.5],
  valAccHistory: [],
  backend: 'js',
}

/** A figure of a page, or an error that names the ones there are. */
export const figureOf = (page: string, id: string): string => {
  const found = new RegExp(`<figure id="${id}">[\\s\\S]*?</figure>`).exec(page)
  if (found === null) {
    const all = [...page.matchAll(/<figure id="([^"]*)"/g)].map((match) => match[1])
    throw new Error(`no figure ${id}, only ${all.join(', ')}`)
  }
  return found[0]
}

/** Numbers of points of the curves in a figure, by the variable of their colour. */
export const curvesOf = (figure: string): { readonly color: string; readonly points: number }[] =>
  [...figure.matchAll(/<path d="([^"]*)" fill="none"[^>]* stroke="var\(--(s\d|muted|ink)\)"/g)]
    .map(([, d = '', color = '']) => ({ color, points: (d.match(/[ML]/g) ?? []).length }))
    // Ticks and the axis have two ends.
    .filter(({ points }) => points > 2)

/** Filled shapes of a colour. */
export const shapesOf = (figure: string, color: string): number =>
  (figure.match(new RegExp(`<(?:path|rect) [^>]*fill="var\\(--${color}\\)"`, 'g')) ?? []).length

export const imagesOf = (figure: string): string[] =>
  [...figure.matchAll(/<img src="([^"]*)"/g)].map((match) => match[1] as string)

/** Text as a reader sees it. */
export const textOf = (markup: string): string =>
  markup
    .replace(/<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
