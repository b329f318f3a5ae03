import { runInNewContext } from 'node:vm'
import * as E from 'fp-ts/lib/Either.js'
import * as formats from '../../../src/formats/index.ts'
import * as api from '../../../src/index.ts'
import { plain, type Read, type Target } from '../target.ts'

/** What people give by mistake, and worse, made anew for each call. */
const hostile: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => -1,
  () => 0,
  () => 1.5,
  () => 2 ** 53,
  () => 1e300,
  () => 5n,
  () => true,
  () => '',
  () => '1',
  () => 'cat',
  () => 'x'.repeat(5000),
  () => '\u001b[2J\n\u202e',
  () => Symbol('s'),
  () => () => 0,
  () => [],
  () => [1, 2],
  () => [[1, 2], [3]],
  () => ['0', '1'],
  () => [null, '', ' 7 '],
  () => new Array(3),
  () => [2 ** 40, 2 ** 40],
  () => [-1, 2],
  () => ({}),
  () => Object.create(null),
  () => Object.freeze({ shape: [2], data: [1, 2] }),
  () => ({ shape: [2, 2], data: new Float32Array(3) }),
  () => ({ shape: 'x', data: new Float32Array(3) }),
  () => ({ shape: [2], data: new Float64Array(2) }),
  () => ({ shape: [3], data: new Float32Array([Number.NaN, Number.POSITIVE_INFINITY, 1e38]) }),
  () => api.zeros([0, 3]),
  () => api.zeros([2, 3], 'float64'),
  () => new Set([0, 1]),
  () => new Map([[0, 1]]),
  () => new Date(0),
  () => new DataView(new ArrayBuffer(4)),
  () => new BigInt64Array(2),
  () => new Uint8Array(3),
  () => new Int32Array([-1, 7]),
  () => Promise.resolve(1),
  () => runInNewContext('[0, 1]'),
  () => runInNewContext('new Float32Array(6)'),
  () => runInNewContext('({ shape: [2, 3], data: new Float32Array(6) })'),
  () =>
    new Proxy(
      {},
      {
        get: () => {
          throw new Error('a getter')
        },
        ownKeys: () => {
          throw new Error('a getter')
        },
      },
    ),
  () => ({
    get learningRate(): number {
      throw new Error('a getter')
    },
  }),
  () => Object.defineProperty([0, 1], 0, { get: () => 'now a text' }),
]

const model = api.orThrow(api.twoLayerNet({ inputDim: 3, hiddenDim: 4, numClasses: 2 }))
const weights = model.init()
const x = (): api.Tensor => api.linspace(-1, 1, [2, 3])
const y = (): number[] => [0, 1]
const data = () => ({ xTrain: x(), yTrain: y() })
const seed = (): api.Key => api.key(0)
const w = (): api.Tensor => api.linspace(0, 1, [3, 2])
const b = (): api.Tensor => api.zeros([2])

type Given = () => unknown

/** Public functions, each with arguments that fit. */
const functions: readonly (readonly [name: string, call: (...values: never[]) => unknown, ...given: Given[]])[] = [
  ['tensor', api.tensor, () => [2, 3], () => [1, 2, 3, 4, 5, 6], () => 'float32'],
  ['tensor', api.tensor, () => [[1, 2]]],
  ['full', api.full, () => [2], () => 7, () => 'float64'],
  ['zeros', api.zeros, () => [2], () => 'float32'],
  ['ones', api.ones, () => [2], () => 'float32'],
  ['linspace', api.linspace, () => 0, () => 1, () => [3], () => 'float32'],
  ['cast', api.cast, x, () => 'float64'],
  ['reshape', api.reshape, x, () => [3, 2]],
  ['snapshot', api.snapshot, x],
  ['snapshotAll', api.snapshotAll, () => ({ W1: x() })],
  ['dtypeOf', api.dtypeOf, x],
  ['bytes', api.bytes, () => [2, 3], () => new Uint8Array(6), () => 0, () => 1],
  ['decode', api.decode, x, () => 'float32'],
  ['gather', api.gather, x, () => new Int32Array([1, 0]), () => 'float32'],
  ['selectRows', api.selectRows, x, () => new Int32Array([1, 0])],
  ['sliceRows', api.sliceRows, x, () => 0, () => 1],
  ['key', api.key, () => 1],
  ['foldIn', api.foldIn, seed, () => 'a'],
  ['uniform', api.uniform, seed, () => [2], () => 0, () => 1, () => 'float32'],
  ['normal', api.normal, seed, () => [2], () => 1, () => 'float32'],
  ['permutation', api.permutation, seed, () => 3],
  ['randomIndices', api.randomIndices, seed, () => 3, () => 3],
  ['argmaxRows', api.argmaxRows, x],
  ['classIndices', api.classIndices, y],
  ['oneHot', api.oneHot, y, () => 2],
  ['softmax', api.softmax, x],
  ['softmaxLoss', api.softmaxLoss, x, y],
  ['svmLoss', api.svmLoss, x, y],
  ['mseLoss', api.mseLoss, x, x],
  ['maeLoss', api.maeLoss, x, x],
  ['huberLoss', api.huberLoss, x, x, () => 1],
  ['logisticLoss', api.logisticLoss, x, x],
  ['softTargetLoss', api.softTargetLoss, x, x, () => 2],
  ['crossEntropyError', api.crossEntropyError, () => api.softmax(x()), y],
  ['affineForward', api.affineForward, x, w, b],
  ['affineReluForward', api.affineReluForward, x, w, b],
  ['addForward', api.addForward, x, x],
  ['mulForward', api.mulForward, x, x],
  ['reluForward', api.reluForward, x],
  ['leakyReluForward', api.leakyReluForward, x, () => 0.1],
  ['sigmoidForward', api.sigmoidForward, x],
  ['tanhForward', api.tanhForward, x],
  ['geluForward', api.geluForward, x],
  ['dropoutMask', api.dropoutMask, seed, () => [2, 3], () => 0.5, () => 'float32'],
  ['dropoutForward', api.dropoutForward, x, x],
  ['layernorm', api.layernorm, () => ({ eps: 1e-5 })],
  ['batchnorm', api.batchnorm, () => ({ eps: 1e-5 })],
  ['dropout', api.dropout, () => 0.5],
  ['affine', api.affine, () => 3],
  ['leakyRelu', api.leakyRelu, () => 0.1],
  ['sgd', api.sgd, x, x, () => ({ learningRate: 0.1 })],
  ['adam', api.adam, x, x, () => ({ learningRate: 0.1 })],
  ['rmsprop', api.rmsprop, x, x, () => ({ learningRate: 0.1 })],
  ['clipByValue', api.clipByValue, x, () => 1],
  ['clipByGlobalNorm', api.clipByGlobalNorm, () => ({ W1: x() }), () => 1],
  ['globalNorm', api.globalNorm, () => ({ W1: x() })],
  ['exponentialDecay', api.exponentialDecay, () => ({ decay: 0.5 })],
  ['stepDecay', api.stepDecay, () => ({ gamma: 0.5, stepSize: 2 })],
  ['cosine', api.cosine, () => ({ warmup: 2 })],
  ['oneCycle', api.oneCycle, () => ({ pctStart: 0.3 })],
  ['reduceOnPlateau', api.reduceOnPlateau, () => ({ by: 0.5, patience: 1 })],
  ['fullyConnectedNet', api.fullyConnectedNet, () => ({ inputDim: 3, hiddenDims: [4] })],
  ['twoLayerNet', api.twoLayerNet, () => ({ inputDim: 3 })],
  ['classification', api.classification, () => ({ loss: 'svm' })],
  ['classifier', api.classifier, () => api.affine(3), () => ({ inShape: [4] })],
  ['buildNet', api.buildNet, () => ({ type: 'affine', size: 3 })],
  ['buildModel', api.buildModel, () => model.spec],
  ['classify', api.classify, () => model, () => weights, x],
  ['accuracy', api.accuracy, () => model, () => weights, x, y],
  ['evaluate', api.evaluate, () => model, () => weights, () => ({ x: x(), y: y() })],
  ['predict', api.predict, () => model, () => weights, x],
  ['confusionMatrix', api.confusionMatrix, y, y, () => 2],
  ['train', api.train, () => model, data, () => ({ numEpochs: 1 })],
  ['solve', api.solve, () => model, data, () => ({ numEpochs: 1 })],
  ['checkSolverOptions', api.checkSolverOptions, () => ({ numEpochs: 1 })],
  ['holdOut', api.holdOut, () => ({ x: x(), y: y() }), () => 1],
  ['useBackend', api.useBackend, () => 'js', () => 1],
  ['encodeNpy', formats.encodeNpy, x],
  ['encodeNpz', formats.encodeNpz, () => ({ x: x() })],
  ['encodeSafetensors', formats.encodeSafetensors, () => ({ x: x() })],
  ['transpose', formats.transpose, x],
  ['weightsFrom', formats.weightsFrom, () => model, () => ({ ...weights.params })],
]

const NAMED = ['ShapeError', 'ArgumentError', 'OptionError', 'DataError', 'FormatError', 'Error']
const NO_ROOM = /takes .* bytes, which cannot be had/

/** Errors that say what to do; one of a getter is its owner's. */
const isReadable = (error: unknown): error is Error =>
  error instanceof Error &&
  ((NAMED.includes(error.name) && error.message.length > 10) ||
    NO_ROOM.test(error.message) ||
    error.message === 'a getter')

const misshapen = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || !('shape' in value && 'data' in value)) return false
  const { shape, data: numbers } = value as api.Tensor
  return shape.reduce((size, d) => size * d, 1) !== numbers.length
}

/** The call that bytes stand for: which function, and which arguments are hostile. */
const call = (bytes: Uint8Array): Read => {
  const [which = 0, ...choices] = bytes
  const [name, called, ...given] = functions[which % functions.length] as (typeof functions)[number]
  // One argument is surely hostile, or none.
  const at = (choices[0] ?? 0) % (given.length + 1)
  const values = given.map((good, i) => {
    const choice = choices[i + 1] ?? 0
    const isHostile = i === at || choice % 4 === 0
    return isHostile ? (hostile[(choice >> 2) % hostile.length] as () => unknown)() : good()
  })
  const before = api.backend().name
  try {
    const result = (called as (...values: unknown[]) => unknown)(...values)
    if (misshapen(result)) throw new Error(`${name} gave a tensor whose data do not fit its shape`)
    const { _tag, left } = (typeof result === 'object' && result !== null ? result : {}) as {
      _tag?: string
      left?: unknown
    }
    if (_tag !== 'Left') return E.right(result)
    const message = left instanceof Error ? left : new Error(String(left))
    if (isReadable(message)) return E.left(message)
    throw message
  } catch (error) {
    if (isReadable(error)) return E.left(error)
    throw new Error(`${name}: ${String(error)} at argument ${at}`, { cause: error })
  } finally {
    api.useBackend(before)
  }
}

export const argumentsTarget: Target = {
  name: 'arguments',
  seeds: [new Uint8Array([0, 3, 1, 1, 1])],
  read: call,
  hostile: { call: (draw) => draw.bytes(8), same: (draw) => draw.bytes(8), again: (draw) => draw.bytes(8) },
  justified: (size) => plain(size) + 2 ** 27,
}
