import { describe, expect, test, vi } from 'vitest'
import { decodeCheckpoint, encodeCheckpoint } from '../../src/checkpoint/index.ts'
import { affine } from '../../src/layers/index.ts'
import { classification, type Model, model, regression } from '../../src/models/index.ts'
import { type Event, type RunState, type SolverOptions, snapshotRun, solve, train } from '../../src/solver/index.ts'
import { linspace } from '../../src/tensor/index.ts'
import { type Kind, kinds, modelOf } from '../models/taskKinds.ts'
import { bitsOf, random, right } from '../support.ts'

const x = random(3, [6, 4], 'float32')
const balanced: Kind = {
  ...(kinds.classification as Kind),
  task: classification({ classWeights: 'balanced' }) as never,
}
const options: SolverOptions = {
  updateRule: 'adam',
  batchSize: 2,
  numEpochs: 4,
  plateau: { by: 0.5, patience: 1 },
  patience: 3,
}

const eventsOf = (own: Model<never>, y: unknown, from?: RunState): readonly Event[] => {
  const data = { xTrain: x, yTrain: y as never, xVal: x, yVal: y as never }
  return Array.from(right(train(own, data, options, from)), (event) =>
    event._tag === 'Evaluation' ? event : { ...event, run: snapshotRun(event.run) },
  )
}

describe.each(Object.keys({ ...kinds, balanced }))('a run of %s', (name) => {
  const kind = name === 'balanced' ? balanced : (kinds[name] as Kind)
  const own = modelOf(kind, 'float32')
  const whole = eventsOf(own, kind.y)
  const done = whole.at(-1)
  if (done?._tag !== 'Done') throw new Error('no result')

  test('goes on from a checkpoint bit for bit', () => {
    for (const event of whole.slice(0, -1)) {
      if (event._tag === 'Evaluation') continue
      const bytes = encodeCheckpoint({ run: event.run, description: {}, backend: 'js', library: '0.1.0' })
      const last = eventsOf(own, kind.y, right(decodeCheckpoint('a', bytes)).run).at(-1)
      if (last?._tag !== 'Done') throw new Error('no result')
      expect(bitsOf(last.result.weights.params)).toEqual(bitsOf(done.result.weights.params))
      expect(last.result.trainScoreHistory).toEqual(done.result.trainScoreHistory)
      expect(last.result.valScoreHistory).toEqual(done.result.valScoreHistory)
    }
  })

  test('has accuracies where its score is one, and keeps the best weights by the score', () => {
    const { scoreName, trainAccHistory, trainScoreHistory, valAccHistory, valScoreHistory, best } = done.result
    const epochs = whole.filter((event) => event._tag === 'Epoch')
    if (scoreName === 'accuracy') {
      expect([trainAccHistory, valAccHistory]).toEqual([trainScoreHistory, valScoreHistory])
      expect(epochs.map(({ trainAcc, valAcc }) => [trainAcc, valAcc])).toEqual(
        epochs.map(({ trainScore, valScore }) => [trainScore, valScore]),
      )
    } else {
      expect([trainAccHistory, valAccHistory]).toEqual([[], []])
      expect(epochs.filter((event) => 'trainAcc' in event || 'valAcc' in event)).toEqual([])
    }
    expect(best?.valScore).toBe(Math.max(...valScoreHistory))
  })
})

describe('regression', () => {
  test('learns a line with noise to within 1 % of the best R² that there is', () => {
    const noise = random(5, [2000])
    const all = random(4, [2000, 3], 'float32')
    const signal = Array.from({ length: 2000 }, (_, i) => {
      const [a = 0, b = 0, c = 0] = all.data.subarray(3 * i, 3 * i + 3)
      return 2 * a - 3 * b + 0.5 * c + 1
    })
    const y = signal.map((s, i) => s + (noise.data[i] as number))
    // What who knows the line gets on the rows that are held out.
    const held = { from: 1000, to: 2000 }
    const part = y.slice(held.from)
    const mean = part.reduce((a, b) => a + b, 0) / part.length
    const of = (errors: readonly number[]): number => errors.reduce((sum, e) => sum + e * e, 0)
    const best = 1 - of(part.map((v, i) => v - (signal[held.from + i] as number))) / of(part.map((v) => v - mean))
    const rows = (from: number, to: number) => ({ shape: [to - from, 3], data: all.data.slice(3 * from, 3 * to) })
    const own = model(affine(1), { inShape: [3], task: regression() })
    const data = { xTrain: rows(0, 1000), yTrain: y.slice(0, 1000), xVal: rows(1000, 2000), yVal: part }
    const { best: found } = right(solve(own, data, { optimConfig: { learningRate: 0.05 }, numEpochs: 20 }))
    expect(best).toBeGreaterThan(0.8)
    expect(found?.valScore).toBeGreaterThan(0.99 * best)
  })

  test('prints its score by its name, and stops when it rises no more', () => {
    const own = model(affine(1), { inShape: [1], task: regression() })
    const [xVal, yVal] = [linspace(-1, 1, [20, 1]), Array.from({ length: 20 }, (_, i) => i)]
    const lines: string[] = []
    const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
    // Too small a rate for float32 to move a weight.
    const still = { optimConfig: { learningRate: 1e-12 }, patience: 2, numEpochs: 50, verbose: true }
    const { status, best, trainScoreHistory } = right(solve(own, { xTrain: xVal, yTrain: yVal, xVal, yVal }, still))
    log.mockRestore()
    expect([status, best?.epoch, trainScoreHistory.length]).toEqual(['stoppedEarly', 0, 3])
    expect(lines[0]).toMatch(/^\(Epoch 0\) train r2: -\d+\.\d{6}; val_r2: -\d+\.\d{6}$/)
  })
})
