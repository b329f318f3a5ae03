import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { decodeCsv, decodePicture } from '../src/data/index.ts'
import { decodeNpy, decodeNpz, decodeSafetensors, encodeNpy, encodeNpz, weightsFrom } from '../src/formats/index.ts'
import {
  accuracy,
  adam,
  affine,
  argmaxRows,
  buildNet,
  bytes,
  type Classifier,
  checkSolverOptions,
  classification,
  classifier,
  classify,
  clipByGlobalNorm,
  confusionMatrix,
  cosine,
  encodeLabels,
  foldIn,
  full,
  fullyConnectedNet,
  globalNorm,
  type Key,
  key,
  type Labels,
  leakyRelu,
  linspace,
  maxPoolForward,
  network,
  normal,
  oneHot,
  ones,
  predict,
  rmsprop,
  solve,
  step,
  summary,
  tensor,
  train,
  zeros,
} from '../src/index.ts'
import { int, random, sweep, toCsv } from '../src/sweep/index.ts'
import { eachBackend, right } from './support.ts'

// One row for each thing that once was wrong without a word, or said in words that led astray, and for its relatives.

const model = right(fullyConnectedNet({ inputDim: 4, hiddenDims: [5], numClasses: 3 }))
const weights = model.init()
const broken = { ...weights, params: { ...weights.params, W2: full([5, 3], Number.NaN) } }
const x = linspace(-1, 1, [3, 4])
const of = (yTrain: unknown) => solve(model, { xTrain: x, yTrain: yTrain as Labels }, { numEpochs: 1 })
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)
const npy = (descr: string): Uint8Array => {
  const header = `{'descr': ${descr}, 'fortran_order': False, 'shape': (1,), }\n`
  return Uint8Array.from([0x93, ...ascii('NUMPY'), 1, 0, header.length, 0, ...ascii(header), ...new Uint8Array(8)])
}
const huge = (): Classifier => right(fullyConnectedNet({ inputDim: 100_000, hiddenDims: [100_000], numClasses: 2 }))

type Row = readonly [what: string, call: () => unknown, says: RegExp]

const onEveryBackend: readonly Row[] = [
  [
    'accuracy of rows of NaN',
    () => accuracy(model, weights, full([3, 4], Number.NaN), [0, 0, 0]),
    /accuracy: .* row 0 holds NaN: the row itself holds a NaN/,
  ],
  ['classify with weights of NaN', () => classify(model, broken, x), /classify: .* row 0 holds NaN: W2 holds a NaN/],
  ['predict with weights of NaN', () => predict(model, broken, x), /predict: .* row 0 holds NaN/],
  [
    'adam whose slot overflows',
    () => adam(tensor([1], [0]), tensor([1], [1e30])),
    /adam: the next v is not finite.*clip/,
  ],
  [
    'rmsprop whose slot overflows',
    () => rmsprop(tensor([1], [0]), tensor([1], [1e30])),
    /rmsprop: the next cache is not finite/,
  ],
]

const rows: readonly Row[] = [
  [
    'a window whose step no kernel can count',
    () => maxPoolForward(ones([1, 1, 4, 4]), { poolHeight: 2, poolWidth: 2, stride: 2 ** 40 }),
    /maxPoolForward: stride must be an integer from 1 to 16777216.*, but got 1099511627776/,
  ],
  [
    'a layer for examples of no shape',
    () => affine(3).init(key(0), undefined as never),
    /affine\.init: shape is a list/,
  ],
  [
    'a net for examples whose shape is no list of numbers',
    () => network([affine(3)]).init(key(0), [5n] as never),
    /shape is a list of integers ≥ 0, but got \[5n/,
  ],
  ['a shape with a place that is empty', () => zeros(new Array(2)), /shape is a list of integers ≥ 0/],
  [
    'trials with a place that is empty',
    () => toCsv(new Array(3)),
    /toCsv: trials must be a list of them.*, but got undefined at place 0/,
  ],
  [
    'scores that a model of one’s own did not make',
    () => accuracy({ ...model, scores: () => [] as never }, weights, x, [0, 0, 0]),
    /the model's scores of 3 rows must be a tensor of shape \(3, 3\), but it gave \[\]/,
  ],
  [
    'a rule that gives a promise',
    () => step(model, { rule: (async () => 1) as never }, { weights, configs: {} }, { x, y: [0, 1, 2] }),
    /step: the rule must give \[the next w, its config\], but gave a Promise/,
  ],
  [
    'bytes in place of a table’s text',
    () => decodeCsv('t', new Uint8Array(3) as never),
    /t: content must be the file's text.*, but got a Uint8Array/,
  ],
  ['a text in place of a picture’s bytes', () => decodePicture('p', 'x' as never), /p: bytes must be a Uint8Array/],
  ['types of layers that are no list', () => buildNet({ type: 'relu' }, {} as never), /types of your own are a list/],
  [
    'more steps than can be counted',
    () => solve(model, { xTrain: x, yTrain: [0, 1, 2] }, { numEpochs: 2 ** 53 }),
    /numEpochs: 9007199254740992 steps are more than can be counted/,
  ],
  [
    'class names with a place that is empty',
    () => encodeLabels(['a'], new Array(3)),
    /encodeLabels: classNames must be a list of texts/,
  ],
  ['an outline that says nothing', () => summary({ ...model, outline: {} as never }), /summary: model must be one/],
  [
    'labels that are no classes',
    () => accuracy(model, weights, x, [99, 0, 0]),
    /a class from 0 to 2 because the net has 3 outputs, but row 0 has 99/,
  ],
  ['labels that count from 1', () => accuracy(model, weights, x, [1, 2, 3]), /row 2 has 3/],
  [
    'a confusion matrix of one-hot rows of other classes',
    () => confusionMatrix(new Int32Array(2), oneHot([0, 1], 3), 2),
    /these have 3/,
  ],
  [
    'the class of a row with NaN',
    () =>
      argmaxRows(
        tensor([
          [1, 2],
          [Number.NaN, 1],
        ]),
      ),
    /row 1 holds a NaN/,
  ],
  ['the class of a row without columns', () => argmaxRows(zeros([2, 0])), /rows without columns/],
  [
    'weights that are infinite',
    () => weightsFrom(model, { ...weights.params, b1: full([5], Number.POSITIVE_INFINITY) }),
    /b1 holds Infinity at index 0/,
  ],
  ['a value that float32 cannot hold', () => tensor([1], [1e300]), /index 0 has 1e\+300, but float32 holds/],
  ['null as a value', () => tensor([3], [null, '', ' 7 '] as never), /index 0 has null; a missing value is no 0/],
  ['an empty text as a value', () => tensor([2], [1, ''] as never), /index 1 has ''/],
  ['a decimal comma', () => tensor([1], ['1,5'] as never), /index 0 has '1,5'; every value must be a number/],
  ['a number as a text', () => tensor([1], ['7'] as never), /index 0 has '7'; .*values\.map\(Number\)/],
  ['lists of different lengths', () => tensor([[1, 2], [3]]), /on axis 1 the first has 2 and number 1 has 1/],
  [
    'values that are missing',
    () => tensor([2, 2], undefined as never),
    /values are a list or a typed array of numbers, but got undefined/,
  ],
  ['a fill value that is a text', () => full([2], '7' as never), /full: value is a number, but got '7'/],
  [
    'a scale of bytes that is NaN',
    () => bytes([1, 2], new Uint8Array(2), 0, Number.NaN),
    /bytes: scale must be a finite number, but got NaN/,
  ],
  [
    'one-hot rows of 3 columns on 2 classes',
    () => oneHot(oneHot([0, 1], 3), 2),
    /one-hot rows have a column for each class, so 2/,
  ],
  [
    'one-hot rows of another width in training',
    () => of(oneHot([0, 1, 2], 4)),
    /so 3 because the net has 3 outputs, but these have 4/,
  ],
  [
    'one class',
    () => fullyConnectedNet({ inputDim: 4, hiddenDims: [], numClasses: 1 }),
    /numClasses must be an integer ≥ 2/,
  ],
  [
    'one output of any net',
    () => solve(classifier(affine(1), { inShape: [4] }), { xTrain: x, yTrain: [0, 0, 0] }),
    /the net has 1 output/,
  ],
  ['a Set as labels', () => of(new Set([0, 1, 2])), /but got a Set; give an array/],
  ['a DataView as labels', () => of(new DataView(new ArrayBuffer(3))), /but got a DataView/],
  ['labels that are numerals', () => of(['0', '1', '2']), /row 0 has '0'; give numbers, e\.g\. labels\.map\(Number\)/],
  ['labels that are names', () => of(['cat', 'dog', 'cat']), /row 0 has 'cat'; encodeLabels\(names\)/],
  ['labels that are bigints', () => of([0n, 1n, 2n]), /row 0 has 0n \(a bigint\)/],
  [
    'one-hot rows as lists',
    () =>
      of([
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ]),
    /row 0 has \[1, 0, 0\]; one-hot rows are a tensor/,
  ],
  ['a column of labels', () => of(zeros([3, 1])), /reshape\(labels, \[N\]\)/],
  [
    'a seed that is a bigint',
    () => checkSolverOptions({ seed: 5n as never }),
    /seed must be an integer ≥ 0, but got 5n \(a bigint\)/,
  ],
  ['a key of a text', () => key('1' as never), /but got '1'/],
  ['draws without a key', () => normal('x' as unknown as Key, [2]), /normal: key must come from key\(seed\)/],
  ['a key of a record', () => foldIn({} as never, 'a'), /foldIn: key must come from key\(seed\)/],
  ['a clipped Map', () => clipByGlobalNorm(new Map() as never, 1), /tensors by name.*but got a Map/],
  ['the norm of a Set', () => globalNorm(new Set() as never), /but got a Set/],
  [
    'options that are a Promise',
    () => train(model, { xTrain: x, yTrain: [0, 1, 2] }, Promise.resolve({}) as never),
    /but got a Promise/,
  ],
  [
    'settings of a rule that are texts',
    () => adam(ones([1]), ones([1]), { learningRate: '0.1' as never }),
    /adam: learningRate must be a number, but got '0\.1'/,
  ],
  [
    'a misspelt setting of a schedule',
    () => cosine({ warmpu: 3 } as never),
    /unknown option 'warmpu'; did you mean 'warmup'/,
  ],
  ['a task of a text', () => classification('svm' as never), /classification: options are an object, but got 'svm'/],
  ['a text as a net', () => classifier('relu' as never, { inShape: [3] }), /net must be a layer/],
  ['a slope that is a text', () => leakyRelu('0.1' as never), /but got '0\.1'/],
  [
    'a net that no memory holds',
    () => train(huge(), { xTrain: zeros([1, 100_000]), yTrain: [0] }),
    /W1 of shape \(100000, 100000\) takes 40000000000 bytes.*hiddenDims/,
  ],
  [
    'a tensor that no memory holds',
    () => zeros([2 ** 30, 2 ** 30]),
    /takes 4611686018427388000 bytes, which cannot be had/,
  ],
  [
    'int with log and a step',
    () =>
      sweep({
        space: { n: int(1, 1001, { log: true, step: 2 }) },
        data: () => 0,
        objective: () => 0,
        direction: 'minimize',
        sampler: random(),
        trials: 1,
      }),
    /int with log takes every integer.*leave step or log out/,
  ],
  [
    'a Git LFS pointer',
    () => decodeSafetensors('f', ascii('version https://git-lfs.github.com/spec/v1\noid sha256:1')),
    /a Git LFS pointer.*git lfs pull/,
  ],
  [
    'a file of PyTorch',
    () => decodeSafetensors('f', ascii('PK\x03\x04'.padEnd(30, '.').concat('archive/data.pkl'))),
    /a file of PyTorch.*save_file/,
  ],
  [
    'a picture in place of weights',
    () => decodeNpy('f', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)),
    /a JPEG picture; convert it to PNG/,
  ],
  ['an array of objects', () => decodeNpy('f', npy("'|O'")), /Python's objects; save lists of one length/],
  ['an array of texts', () => decodeNpy('f', npy("'<U5'")), /it holds texts; save their classes/],
  ['an array of times', () => decodeNpy('f', npy("'<M8'")), /it holds times/],
  [
    'an array that is not in the archive',
    () => decodeNpz('f', encodeNpz({ a: ones([1]) }), { names: ['b'] }),
    /there is no array "b"; there are "a\.npy"/,
  ],
]

/** What a call says: the message of what it throws, or of its left. */
const said = (call: () => unknown): string => {
  try {
    const result = call()
    const { _tag, left } = (result ?? {}) as { readonly _tag?: string; readonly left?: Error }
    return _tag === 'Left' && left !== undefined ? left.message : `nothing: it gave ${String(result)}`
  } catch (reason) {
    return (reason as Error).message
  }
}

describe('nothing is wrong in silence', () => {
  test.each(rows)('%s', (_what, call, says) => {
    expect(said(call)).toMatch(says)
    expect(said(call)).not.toContain('\n')
  })

  eachBackend(() => {
    test.each(onEveryBackend)('%s', (_what, call, says) => expect(said(call)).toMatch(says))
  })
})

describe('what is plain is taken', () => {
  test('labels as a tensor (N,) and as floats train as integers do', () => {
    const [list, ...others] = [[0, 1, 2], tensor([3], [0, 1, 2]), new Float32Array([0, 1, 2])].map((y) => right(of(y)))
    for (const result of others) expect(result.lossHistory).toEqual(list?.lossHistory)
  })

  test('lists of lists', () => {
    expect(
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ).toEqual(tensor([2, 3], [1, 2, 3, 4, 5, 6]))
    expect(tensor(7, 'float64')).toEqual(tensor([], [7], 'float64'))
  })

  test('the arrays of an .npz beside one that cannot be read', () => {
    const archive = encodeNpz({ a: ones([2]), b: zeros([1]) })
    expect(decodeNpz('f', archive, { names: ['a'] })).toEqual(E.right({ a: ones([2]) }))
    expect(decodeNpy('f', encodeNpy(ones([2])))).toEqual(E.right(ones([2])))
  })
})
