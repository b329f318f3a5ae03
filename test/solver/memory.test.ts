import { beforeAll, describe, expect, test } from 'vitest'
import { heapBytesInUse, scoped, temporary } from '../../src/kernels/index.ts'
import { fullyConnectedNet, type Model, threeLayerConvNet } from '../../src/models/index.ts'
import { key, normal } from '../../src/random/index.ts'
import { type SolverOptions, solve, train } from '../../src/solver/index.ts'
import { shapes, zeros } from '../../src/tensor/index.ts'
import { eachBackend, right } from '../support.ts'

describe('the heap', () => {
  eachBackend(() => {
    const x = normal(key(1), [40, 10])
    const y = Array.from({ length: 40 }, (_, i) => i % 3)
    const data = { xTrain: x, yTrain: y, xVal: x, yVal: y }
    const model = right(
      fullyConnectedNet({
        inputDim: 10,
        hiddenDims: [20, 20],
        numClasses: 3,
        normalization: 'batchnorm',
        keepProb: 0.8,
        reg: 0.1,
      }),
    )
    const options: SolverOptions = { batchSize: 10, numEpochs: 3, updateRule: 'adam', clipNorm: 1 }

    // The arena and the kernels' working memory are made by the first run and kept.
    beforeAll(() => {
      right(solve(model, data, options))
    })

    test('is as full after a run as before', () => {
      const before = heapBytesInUse()
      right(solve(model, data, options))
      expect(heapBytesInUse()).toBe(before)
    })

    test('is as full after an abandoned run as before', () => {
      const before = heapBytesInUse()
      const generator = right(train(model, data, options))
      for (let i = 0; i < 6; i++) generator.next()
      expect(heapBytesInUse()).toBeGreaterThan(before)
      generator.return()
      expect(heapBytesInUse()).toBe(before)
      for (const event of right(train(model, data, options))) if (event._tag === 'Step' && event.step === 3) break
      expect(heapBytesInUse()).toBe(before)
    })

    test('is as full after a run that fails as before', () => {
      const before = heapBytesInUse()
      const failing = { ...options, schedule: ({ step }: { step: number }) => (step < 2 ? 1 : Number.NaN) }
      expect(() => solve(model, data, failing)).toThrow('schedule')
      const broken: Model = {
        ...model,
        scores: () => zeros([40, 3]),
        loss: () => shapes('loss', 'x: N')(zeros([2, 2])) as never,
      }
      expect(() => solve(broken, data, options)).toThrow('loss: x must have shape')
      expect(heapBytesInUse()).toBe(before)
    })

    test('stays as full as it is while the run goes on', () => {
      const inUse: number[] = []
      for (const event of right(train(model, data, { ...options, numEpochs: 20 }))) {
        if (event._tag !== 'Done') inUse.push(heapBytesInUse())
      }
      // The first step makes the slots of adam.
      expect(inUse.length).toBe(101)
      expect(new Set(inUse.slice(1)).size).toBe(1)
    })

    test('is as full after a run of a net of images as before', () => {
      const images = { xTrain: normal(key(1), [40, 2, 6, 5]), yTrain: y }
      const net = right(threeLayerConvNet({ inputDim: [2, 6, 5], numFilters: 4, hiddenDim: 9, numClasses: 3 }))
      right(solve(net, images, options))
      const before = heapBytesInUse()
      right(solve(net, images, options))
      expect(heapBytesInUse()).toBe(before)
    })

    test('two runs in turn do not disturb each other', () => {
      const alone = right(solve(model, data, options)).lossHistory
      const [a, b] = [right(train(model, data, options)), right(train(model, data, { ...options, seed: 7 }))]
      const losses: number[] = []
      for (;;) {
        b.next()
        const { value, done } = a.next()
        if (done) break
        if (value._tag === 'Step') losses.push(value.loss)
      }
      expect(losses).toEqual(alone)
    })
  })

  test('a step that needs more memory than any before leaves one larger arena, not all the ones it outgrew', () => {
    const MB = 2 ** 20
    const eightMegabytes = () => scoped(() => Array.from({ length: 8 }, () => temporary('uint8', MB).length))
    const before = heapBytesInUse()
    eightMegabytes()
    const after = heapBytesInUse()
    expect(after - before).toBeLessThanOrEqual(9 * MB)
    eightMegabytes()
    expect(heapBytesInUse()).toBe(after)
  })
})
