import { runInNewContext } from 'node:vm'
import { zeros } from '../../../../src/index.ts'
import type { Given } from './row.ts'

/** What an error says that comes from a value or a callback of the caller. */
export const CALLERS_OWN = /^(a getter|a callback|Class constructors cannot be invoked without 'new')$/

const fail = (what: 'a getter' | 'a callback') => (): never => {
  throw new Error(what)
}

/** Numbers where they mean nothing. */
const numbers: readonly Given[] = [
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => -1,
  () => 0,
  () => 1.5,
  () => 2 ** 53,
  () => 1e300,
  () => 5n,
]

const texts: readonly Given[] = [() => '', () => '1', () => 'cat', () => 'x'.repeat(5000), () => '\u001b[2J\n\u202e']

const lists: readonly Given[] = [
  () => [],
  () => [1, 2],
  () => [[1, 2], [3]],
  () => ['0', '1'],
  () => [null, '', ' 7 '],
  () => new Array(3),
  () => [2 ** 40, 2 ** 40],
  () => [-1, 2],
  () => [undefined],
  () => [{}, null],
  () => new Set([0, 1]),
  () => new Map([[0, 1]]),
  () => new DataView(new ArrayBuffer(4)),
  () => new BigInt64Array(2),
  () => new Uint8Array(3),
  () => new Int32Array([-1, 7]),
  () => Object.defineProperty([0, 1], 0, { get: () => 'now a text' }),
]

const records: readonly Given[] = [
  () => ({}),
  () => Object.create(null),
  () => ({ x: 1, type: 'cat', layers: 3 }),
  () => ({ _tag: 'Left' }),
  () => new Date(0),
  () => Promise.resolve(1),
  () => new Proxy({}, { get: fail('a getter'), ownKeys: fail('a getter') }),
  () => Object.defineProperty({}, 'learningRate', { get: fail('a getter'), enumerable: true }),
]

const tensors: readonly Given[] = [
  () => Object.freeze({ shape: [2], data: [1, 2] }),
  () => ({ shape: [2, 2], data: new Float32Array(3) }),
  () => ({ shape: 'x', data: new Float32Array(3) }),
  () => ({ shape: [2], data: new Float64Array(2) }),
  () => ({ shape: [3], data: new Float32Array([Number.NaN, Number.POSITIVE_INFINITY, 1e38]) }),
  () => ({ shape: [2, 3], data: new Float32Array(6).fill(Number.NaN) }),
  () => zeros([0, 3]),
  () => zeros([2, 3], 'float64'),
]

const ofAnotherRealm: readonly Given[] = [
  () => runInNewContext('[0, 1]'),
  () => runInNewContext('new Float32Array(6)'),
  () => runInNewContext('({ shape: [2, 3], data: new Float32Array(6) })'),
]

const callbacks: readonly Given[] = [
  () => () => 0,
  () => () => undefined,
  () => () => 'cat',
  () => () => Number.NaN,
  () => () => [],
  () => fail('a callback'),
  () => async () => 1,
  () => class {},
]

/** What people give by mistake, and worse, made anew for each call. */
export const hostile: readonly Given[] = [
  () => undefined,
  () => null,
  () => true,
  () => Symbol('s'),
  ...numbers,
  ...texts,
  ...lists,
  ...records,
  ...tensors,
  ...ofAnotherRealm,
  ...callbacks,
]
