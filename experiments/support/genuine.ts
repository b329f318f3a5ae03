import { createHash } from 'node:crypto'
import type { Mnist } from '../../src/data/index.ts'

/** Of the pixels and labels of MNIST's training and test images, in this order, however they were packed. */
const MNIST_SUM = '06b0d1f124c4e5fa796686ade41a9b778edacc8622f2195a352ef479ad44fc16'

/** Whether images are MNIST's own: files with its names may hold another set, of which no band is known. */
export const isGenuineMnist = ({ train, test }: Mnist<Int32Array>): boolean => {
  const hash = createHash('sha256')
  for (const { x, y } of [train, test]) hash.update(x.data).update(Uint8Array.from(y))
  return hash.digest('hex') === MNIST_SUM
}
