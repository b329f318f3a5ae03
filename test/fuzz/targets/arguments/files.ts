import * as checkpoint from '../../../../src/checkpoint/index.ts'
import * as dataSets from '../../../../src/data/index.ts'
import { isRecord } from '../../../../src/errors/index.ts'
import * as formats from '../../../../src/formats/index.ts'
import * as api from '../../../../src/index.ts'
import * as relaxed from '../../../../src/relaxed/index.ts'
import { data, model, rows, run, theModel, theWeights, weights, x } from './given.ts'
import { rowsOf } from './row.ts'

const net = () => ({ model, weights, input: api.inputOf(rows()), classNames: ['a', 'b'] })
const options = () => ({ numEpochs: 1 })
const held = () => ({ run: run(), description: { batchSize: 2 }, backend: 'js', library: '0.0.0' })

export const ofFormats = rowsOf(formats, {
  encodeNpy: [[x]],
  decodeNpy: [[() => 'x.npy', () => formats.encodeNpy(x())]],
  decodeNpyRows: [[() => 'x.npy', () => formats.encodeNpy(x())]],
  loadNpyRows: [[() => 'x.npy']],
  saveNpy: [[() => 'x.npy', x]],
  loadNpy: [[() => 'x.npy']],
  encodeNpz: [[() => ({ x: x() })]],
  decodeNpz: [[() => 'x.npz', () => formats.encodeNpz({ x: x() }), () => ({ names: ['x'] })]],
  decodeNpzRows: [[() => 'x.npz', () => formats.encodeNpz({ x: x() }), () => ({ names: ['x'] })]],
  loadNpzRows: [[() => 'x.npz', () => ({ names: ['x'] })]],
  saveNpz: [[() => 'x.npz', () => ({ x: x() })]],
  loadNpz: [[() => 'x.npz', () => ({ names: ['x'] })]],
  encodeSafetensors: [[() => ({ x: x() }), () => ({ format: 'mine' })]],
  decodeSafetensors: [[() => 'x.safetensors', () => formats.encodeSafetensors({ x: x() })]],
  saveSafetensors: [[() => 'x.safetensors', () => ({ x: x() }), () => ({ format: 'mine' })]],
  loadSafetensors: [[() => 'x.safetensors']],
  encodeNet: [[net]],
  decodeNet: [[() => 'net.safetensors', () => formats.encodeNet(net()), () => ({ layers: [] })]],
  saveNet: [[() => 'net.safetensors', net]],
  loadNet: [[() => 'net.safetensors', () => ({ layers: [] })]],
  encodeOnnx: [[net, () => ({ operators: {} })]],
  saveOnnx: [[() => 'net.onnx', net, () => ({ operators: {} })]],
  transpose: [[x]],
  weightsFrom: [[theModel, () => ({ ...weights.params })]],
  predict: [[theModel, theWeights, x]],
  inputOf: [[rows]],
})

export const ofRelaxed = rowsOf(relaxed, { addRelaxed: [[]] })

/** Nothing is downloaded here. */
const offline =
  <O>(load: (options: O) => unknown) =>
  (given?: O): unknown =>
    load(given === undefined || isRecord(given) ? ({ ...given, download: false } as O) : given)

export const ofData = rowsOf(
  {
    ...dataSets,
    loadMnist: offline(dataSets.loadMnist),
    loadCifar10: offline(dataSets.loadCifar10),
    loadCifar100: offline(dataSets.loadCifar100),
  },
  {
    loadMnist: [
      [() => ({ dir: 'mnist', normalize: true, flatten: true, oneHot: false, dataset: 'mnist', timeout: 1 })],
    ],
    loadCifar10: [[() => ({ cacheDir: 'cache', preprocess: 'none', numTraining: 1, numValidation: 1, numTest: 1 })]],
    loadCifar100: [[() => ({ cacheDir: 'cache', labels: 'fine' })]],
    decodeCifarPickle: [[() => 'data_batch_1', () => new Uint8Array([128, 2])]],
    decodePicture: [
      [() => 'x.png', () => new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), () => ({ size: 2, channels: 1 })],
    ],
    loadPicture: [[() => 'x.png', () => ({ size: [2, 2], channels: 3 })]],
    loadImages: [[() => 'pets', () => ({ size: 2, channels: 1, normalize: true })]],
    resizePicture: [[() => ({ channels: 1, height: 2, width: 2, data: new Uint8Array(4) }), () => [1, 2]]],
    decodeCsv: [[() => 'x.csv', () => 'a,b\n1,2\n3,4\n', () => ({ target: 'b' })]],
    loadCsv: [[() => 'x.csv', () => ({ target: 'b' })]],
    strokes: [[() => ({ numTrain: 3, numTest: 2, normalize: true, flatten: false, oneHot: true, key: api.key(0) })]],
    parseIdx: [[() => 'x', () => new Uint8Array([0, 0, 8, 1, 0, 0, 0, 1, 7])]],
    readIdx: [[() => 'train-images-idx3-ubyte']],
    cacheRoot: [[() => ({ CACHEGRAD_CACHE: 'cache' }), () => 'linux', () => '/home/me']],
  },
)

const trial = () => ({ folder: 'trial', report: () => {}, note: () => {} })
const validated = () => ({ ...data(), xVal: x(), yVal: [0, 1] })

export const ofCheckpoint = rowsOf(
  checkpoint,
  {
    encodeCheckpoint: [[held]],
    decodeCheckpoint: [[() => 'step.safetensors', () => checkpoint.encodeCheckpoint(held())]],
    readCheckpoint: [[() => 'run/step-000000001.safetensors']],
    openCheckpoints: [
      [
        () => 'run',
        () => ({ model, data: data(), options: options() }),
        () => ({ every: 1, keep: 2, resume: true, sumData: true, onWarning: () => {} }),
      ],
    ],
    trainTrial: [[trial, theModel, validated, options]],
  },
  {
    'checkpoints.see': [
      async (folder: string, event: api.Event) => {
        const opened = api.orThrow(
          await checkpoint.openCheckpoints(folder, { model, data: data(), options: options() })(),
        )
        await opened.see(event)
        return opened.close()
      },
      () => 'run',
      () => ({ _tag: 'Step', step: 1, totalSteps: 1, epoch: 1, loss: 1, learningRate: 0.1, weights, run: run() }),
    ],
  },
)
