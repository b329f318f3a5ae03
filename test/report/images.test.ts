import { describe, expect, test } from 'vitest'
import { strokes } from '../../src/data/index.ts'
import { orThrow } from '../../src/errors/index.ts'
import {
  batchnorm,
  conv,
  globalAvgPool,
  maxPool,
  type Net,
  network,
  relu,
  residual,
  stateless,
} from '../../src/layers/index.ts'
import { classifier } from '../../src/models/index.ts'
import { type RunRecord, recorder, reportPage } from '../../src/report/index.ts'
import { mapsImage, saliencyImage } from '../../src/report/run/pictures.ts'
import { train } from '../../src/solver/index.ts'
import { sliceRows } from '../../src/tensor/index.ts'
import { classesOf, figureOf, imagesOf, textOf } from './support.ts'

const digits = orThrow(strokes({ flatten: false }))
const held = { x: sliceRows(digits.test.x, 0, 60), y: digits.test.y.subarray(0, 60) }
const data = { xTrain: sliceRows(digits.train.x, 0, 100), yTrain: digits.train.y.subarray(0, 100) }

const recordOf = (net: Net, tested = true): RunRecord => {
  const model = classifier(net, { inShape: [1, 28, 28] })
  const run = recorder({ model, data, probeRows: 10 })
  for (const event of orThrow(train(model, data, { numEpochs: 1, batchSize: 50 }))) run.see(event)
  return run.finish(tested ? { test: held } : {})
}

const net = network([
  conv(18, { filterSize: 5 }),
  batchnorm(),
  relu,
  maxPool(2),
  residual([conv(18, { pad: 'same' })]),
  conv(10, { filterSize: 3 }),
  globalAvgPool,
])

describe('the page of a convolutional net', () => {
  const record = recordOf(net)
  const page = reportPage(record)

  test('shows its filters, what leaves each layer of images, and what counted for its mistakes', () => {
    expect(record.firstLayer).toMatchObject({ name: 'W1', units: 18 })
    expect(record.firstLayer?.pictures[0]).toMatchObject({ width: 5, height: 5, channels: 1 })
    expect(record.maps?.example).toMatchObject({ width: 28, height: 28 })
    expect(
      record.maps?.layers.map(({ name, channels, shown, picture }) => [name, channels, shown, picture.height]),
    ).toEqual([
      ['conv1', 18, 16, 24],
      ['batchnorm1', 18, 16, 24],
      ['relu1', 18, 16, 24],
      ['maxPool1', 18, 16, 12],
      ['residual1.conv1', 18, 16, 12],
      ['residual1', 18, 16, 12],
      ['conv2', 10, 10, 10],
    ])
    expect(imagesOf(figureOf(page, 'maps'))).toHaveLength(8)
    expect(textOf(figureOf(page, 'maps'))).toContain('Of many channels the first 16 are shown.')
    const { mistakes } = classesOf(record)
    expect(mistakes.length).toBeGreaterThan(0)
    for (const { saliency } of mistakes) {
      expect(saliency).toMatchObject({ width: 28, height: 28, channels: 1 })
      expect(Math.max(...(saliency?.pixels ?? []))).toBe(255)
    }
    expect(imagesOf(figureOf(page, 'mistakes'))).toHaveLength(2 * mistakes.length)
  })

  test('of the training rows where there is no test', () => {
    expect(recordOf(net, false).maps?.layers).toHaveLength(7)
  })

  test('without saliency where a layer of one’s own does not say what evaluation is', () => {
    const noisy: Net = {
      ...stateless,
      forward: (x) => [{ ...x, data: x.data.map((v) => 3 * v) }, null],
      backward: (dy) => [{ ...dy, data: dy.data.map((v) => 3 * v) }, {}],
      predict: (x) => x,
    }
    const made = recordOf(network([conv(10, { filterSize: 5 }), noisy, globalAvgPool]))
    const { mistakes } = classesOf(made)
    expect(mistakes.length).toBeGreaterThan(0)
    expect(mistakes.every(({ saliency }) => saliency === undefined)).toBe(true)
    expect(textOf(figureOf(reportPage(made), 'mistakes'))).not.toContain('saliency')
  })
})

test('a saliency has the strongest channel of each pixel, from none to most', () => {
  expect(Array.from(saliencyImage([0, 1, 2, 0, 0, 4, 1, 0, 0, 0, 0, 0], [3, 2, 2]).pixels)).toEqual([0, 255, 128, 0])
  expect(Array.from(saliencyImage([0, 0], [1, 1, 2]).pixels)).toEqual([0, 0])
})

test('maps lie beside each other in the same greys', () => {
  const { width, height, pixels } = mapsImage([-1, 0, 0, 1, 3, 1, 1, 1, 9, 9, 9, 9], 2, 2, 2)
  expect([width, height]).toEqual([5, 2])
  expect(Array.from(pixels)).toEqual([0, 64, 0, 255, 128, 64, 128, 0, 128, 128])
})
