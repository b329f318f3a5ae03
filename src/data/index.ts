/**
 * MNIST, Fashion-MNIST and CIFAR-10, from files that are there or are downloaded and checked; and digits that need no files.
 *
 * @module cachegrad/data
 */

export { type Cifar10Options, loadCifar10 } from './cifar10/cifar10.ts'
export type { Cifar10 } from './cifar10/cifarSplits.ts'
export type { Mnist, Split } from './digits.ts'
export { DataError } from './errors.ts'
export { cacheRoot } from './files/cache.ts'
export type { Progress } from './files/download.ts'
export { type Idx, parseIdx, readIdx } from './mnist/idx.ts'
export { loadMnist, type MnistOptions } from './mnist/mnist.ts'
export { type StrokesOptions, strokes } from './strokes/strokes.ts'
