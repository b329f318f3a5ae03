/**
 * MNIST and its family, CIFAR-10 and CIFAR-100, from files that are there or are downloaded and checked; folders of pictures; and digits
 * that need no files.
 *
 * @module cachegrad/data
 */

export { type Cifar10, loadCifar10 } from './cifar10/cifar10.ts'
export { type Cifar100, type Cifar100Options, loadCifar100 } from './cifar10/cifar100.ts'
export { type CifarPickle, decodeCifarPickle } from './cifar10/cifarPickle.ts'
export type { Cifar10Options } from './cifar10/loadCifar.ts'
export type { Mnist, Split } from './digits.ts'
export { DataError } from './errors.ts'
export { cacheRoot } from './files/cache.ts'
export type { Progress } from './files/download.ts'
export { decodePicture, loadPicture, type PictureOptions } from './images/decodePicture.ts'
export { type ImageOptions, type ImageProgress, type Images, loadImages } from './images/loadImages.ts'
export type { Picture, PictureSize } from './images/picture.ts'
export { resizePicture, type Size } from './images/resize.ts'
export { type Idx, parseIdx, readIdx } from './mnist/idx.ts'
export { loadMnist, type MnistOptions } from './mnist/mnist.ts'
export { type StrokesOptions, strokes } from './strokes/strokes.ts'
export { type CsvOptions, decodeCsv, type Table, type TargetTable } from './table/decodeCsv.ts'
export { type LoadCsvOptions, loadCsv } from './table/loadCsv.ts'
