import * as E from 'fp-ts/lib/Either.js'
import * as api from '../../../../src/index.ts'
import { key, rows, x, y } from './given.ts'
import { rowsOf } from './row.ts'

const indices = () => new Int32Array([1, 0])

const columns = () => [
  { name: 'area', kind: 'number' },
  { name: 'city', kind: 'category', values: ['Bern', 'Genf'] },
]

/** Tensors, rows, labels, random numbers. */
export const tensors = rowsOf(api, {
  tensor: [[() => [2, 3], () => [1, 2, 3, 4, 5, 6], () => 'float32'], [() => [[1, 2]]]],
  full: [[() => [2], () => 7, () => 'float64']],
  zeros: [[() => [2], () => 'float32']],
  ones: [[() => [2], () => 'float32']],
  linspace: [[() => 0, () => 1, () => [3], () => 'float32']],
  cast: [[x, () => 'float64']],
  reshape: [[x, () => [3, 2]]],
  snapshot: [[x]],
  snapshotAll: [[() => ({ W1: x() })]],
  dtypeOf: [[x]],
  bytes: [[() => [2, 3], () => new Uint8Array(6), () => 0, () => 1]],
  decode: [
    [x, () => 'float32'],
    [rows, () => 'float64'],
  ],
  gather: [
    [x, indices, () => 'float32'],
    [rows, indices, () => 'float64'],
  ],
  selectRows: [
    [x, indices],
    [rows, indices],
  ],
  sliceRows: [
    [x, () => 0, () => 1],
    [rows, () => 0, () => 1],
  ],
  gatherAugmented: [
    [
      () => api.bytes([2, 1, 4, 4], new Uint8Array(32)),
      indices,
      () => ({ flip: true, shift: 1 }),
      key,
      () => 'float32',
    ],
  ],
  argmaxRows: [[x]],
  classIndices: [[y], [() => api.oneHot([0, 1], 2)]],
  oneHot: [[y, () => 2]],
  key: [[() => 1]],
  foldIn: [
    [key, () => 'a'],
    [key, () => 7],
  ],
  uniform: [[key, () => [2], () => 0, () => 1, () => 'float32']],
  normal: [[key, () => [2], () => 1, () => 'float32']],
  normalQuantile: [[() => 0.25]],
  permutation: [[key, () => 3]],
  randomIndices: [[key, () => 3, () => 3]],
  orThrow: [[() => E.right(1)], [() => E.left(new Error('what a left holds'))]],
  encodeRecords: [[columns, () => [{ area: 80, city: 'Genf' }]]],
  featureNames: [[columns]],
  backend: [[]],
  useBackend: [[() => 'js', () => 1]],
  scoped: [[() => () => 1]],
})
