import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isGenuineMnist } from '../../experiments/support/genuine.ts'
import { loadMnist, type Mnist, strokes } from '../../src/data/index.ts'
import { orThrow } from '../../src/errors/index.ts'
import { withData } from '../where.ts'

test('digits that are drawn are not MNIST’s', () => {
  expect(isGenuineMnist(orThrow(strokes({ numTrain: 100, numTest: 10 })))).toBe(false)
})

withData.test('MNIST’s own images and labels have its band, others with its names and sizes have none', async () => {
  const mnist: Mnist<Int32Array> = orThrow(await loadMnist({ dir: join(process.env.CACHEGRAD_DATA ?? '', 'mnist') })())
  expect(isGenuineMnist(mnist)).toBe(true)
  const y = mnist.test.y.with(9_999, (mnist.test.y[9_999] as number) ^ 1)
  expect(isGenuineMnist({ ...mnist, test: { ...mnist.test, y } })).toBe(false)
})
