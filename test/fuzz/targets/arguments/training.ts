import * as api from '../../../../src/index.ts'
import { data, exact, key, model, rows, run, theModel, theWeights, weights, x, y } from './given.ts'
import { type Calls, type Given, rowsOf } from './row.ts'

const options = () => ({ numEpochs: 1, updateRule: 'adam', optimConfig: { learningRate: 0.01 }, batchSize: 2, seed: 1 })
const examples = () => ({ x: x(), y: y() })
const events = () => api.orThrow(api.train(model, data(), { numEpochs: 1 }))
const batch = () => ({ x: x(), y: y() })
const optimizer = () => ({ rule: api.adam, learningRate: 0.1, optimConfig: { beta1: 0.9 }, clipNorm: 1, clipValue: 1 })
const exactBatch = () => ({ x: api.linspace(-1, 1, [2, 3], 'float64'), y: y() })
const conv = api.orThrow(api.threeLayerConvNet({ inputDim: [1, 4, 4], numFilters: 2, filterSize: 3, hiddenDim: 3 }))

const rules = ['sgd', 'sgdMomentum', 'nesterov', 'adagrad', 'rmsprop', 'adam', 'adamw'] as const

/** A first step, and one that goes on with the slots of the first. */
const stepsOf = (rule: (typeof rules)[number]): readonly (readonly Given[])[] => [
  [x, x, () => ({ learningRate: 0.1 })],
  [x, x, () => api.updateRules[rule](x(), x(), { learningRate: 0.1 })[1], () => [x(), {}]],
]

/** Update rules, models, the solver, evaluation. */
export const training = rowsOf(
  api,
  {
    ...(Object.fromEntries(rules.map((rule) => [rule, stepsOf(rule)])) as Calls<(typeof rules)[number]>),
    clipByValue: [[x, () => 1]],
    clipByGlobalNorm: [[() => ({ W1: x() }), () => 1]],
    globalNorm: [[() => ({ W1: x() })]],
    constant: [[]],
    exponentialDecay: [[() => ({ decay: 0.5 })]],
    stepDecay: [[() => ({ gamma: 0.5, stepSize: 2 })]],
    cosine: [[() => ({ warmup: 2 })]],
    oneCycle: [[() => ({ pctStart: 0.3, divFactor: 25, finalDivFactor: 1e4 })]],
    piecewiseLinear: [
      [
        () => ({
          points: [
            [0, 0.2],
            [0.5, 1],
            [1, 0],
          ],
        }),
      ],
    ],
    triangular: [[() => ({ start: 0.2, peak: 0.25, end: 0 })]],
    parameterGroups: [
      [
        () => [
          { match: 'b', frozen: { from: 3 } },
          { match: ['W1'], learningRateScale: 2 },
        ],
        () => ['W1', 'b1'],
      ],
    ],
    reduceOnPlateau: [[() => ({ by: 0.5, patience: 1 })]],
    fullyConnectedNet: [
      [() => ({ inputDim: 3, hiddenDims: [4], numClasses: 2, keepProb: 0.5, normalization: 'batchnorm' })],
    ],
    twoLayerNet: [[() => ({ inputDim: 3, hiddenDim: 4, reg: 0.1, weightScale: 1e-3, seed: 1 })]],
    threeLayerConvNet: [[() => ({ inputDim: [1, 4, 4], numFilters: 2, filterSize: 3, hiddenDim: 3, numClasses: 2 })]],
    classification: [
      [() => ({ loss: 'svm' })],
      [() => ({ labelSmoothing: 0.1, classWeights: [1, 2] })],
      [() => ({ classWeights: 'balanced' })],
    ],
    regression: [[() => ({ loss: 'huber', delta: 2 })]],
    binary: [[]],
    multiLabel: [[]],
    balancedWeights: [[y, () => 2]],
    model: [[() => api.affine(1), () => ({ inShape: [4], task: api.regression(), reg: 0.1, dtype: 'float32' })]],
    classifier: [
      [() => api.affine(3), () => ({ inShape: [4], task: api.classification(), reg: 0.1, dtype: 'float32' })],
    ],
    buildModel: [[() => model.spec, () => []]],
    summary: [[theModel]],
    saliency: [[theModel, theWeights, x, y]],
    gradientCheckModel: [[() => exact, exactBatch, () => exact.init(), () => ({ maxElements: 2, directions: 2 })]],
    classify: [[theModel, theWeights, x]],
    accuracy: [[theModel, theWeights, x, y]],
    evaluate: [[theModel, theWeights, examples]],
    predict: [
      [theModel, theWeights, x],
      [() => ({ model, weights }), x],
      [() => ({ model, weights, input: api.inputOf(rows()) }), () => new Uint8Array(3)],
    ],
    inputOf: [[rows]],
    confusionMatrix: [[() => new Int32Array([0, 1]), y, () => 2]],
    precisionRecall: [[y, y, () => 2]],
    multiLabelPrecisionRecall: [[() => api.ones([2, 2]), () => api.ones([2, 2])]],
    topKAccuracy: [[x, y, () => 2]],
    rocAuc: [[() => [0.1, 0.4], y]],
    logLoss: [[() => api.softmax(x()), y]],
    meanAbsoluteError: [[() => [2.5, 0], () => [3, -0.5]]],
    rootMeanSquaredError: [[() => [2.5, 0], () => [3, -0.5]]],
    r2Score: [[() => [2.5, 0], () => [3, -0.5]]],
    perClassAccuracy: [
      [
        () => [
          [1, 0],
          [1, 2],
        ],
      ],
    ],
    batches: [[examples, () => ({ batchSize: 2, key: api.key(0), dtype: 'float32' })]],
    holdOut: [[examples, () => 1, () => ({ seed: 1, stratify: false })]],
    folds: [[() => 4, () => 2, () => ({ seed: 1, stratify: [0, 1, 0, 1] })]],
    splitRows: [[examples, () => ({ train: Int32Array.of(0), val: Int32Array.of(1) })]],
    overSeeds: [[() => (seed: number) => seed, () => 2]],
    encodeLabels: [[() => ['a', 'b'], () => ['a', 'b']]],
    standardize: [[x], [rows]],
    checkSolverOptions: [
      [options],
      [
        () => ({
          augment: { flip: true, shift: 1 },
          plateau: { by: 0.5, patience: 1 },
          schedule: 'cosine',
          scheduleConfig: { warmup: 1 },
        }),
      ],
    ],
    train: [
      [theModel, data, options],
      [theModel, data, () => ({ numEpochs: 2 }), run],
    ],
    solve: [
      [theModel, data, options],
      [theModel, () => ({ xTrain: rows(), yTrain: y(), xVal: rows(), yVal: y() }), options],
    ],
    step: [[theModel, optimizer, () => ({ weights, configs: {} }), batch, key]],
    snapshotRun: [[run]],
    snapshotEvent: [[() => ({ _tag: 'Evaluation', epoch: 1, rows: 1, totalRows: 2 })]],
    remoteControl: [[() => ({ addEventListener: () => {} })]],
    runToEnd: [[events, () => [{ see: () => {}, close: () => {} }], () => ({ pauseEvery: 20 })]],
  },
  {
    '[...batches(…)]': [
      (...given: Parameters<typeof api.batches>) => [...api.batches(...given)],
      examples,
      () => ({ batchSize: 1 }),
    ],
    '[...train(…)]': [
      (...given: Parameters<typeof api.train>) => [...api.orThrow(api.train(...given))].length,
      theModel,
      data,
      () => ({ numEpochs: 2, clipNorm: 1, schedule: 'cosine', patience: 1 }),
      run,
    ],
    'parameterGroups(…)(epoch)': [
      api.orThrow(api.parameterGroups([{ match: 'b', frozen: { from: 3 } }], ['b1'])),
      () => 1,
    ],
    'reduceOnPlateau(…)(state)': [api.reduceOnPlateau(), () => api.startOfPlateau, () => 0.5],
    'model.init': [model.init, key],
    'model.loss': [model.loss, theWeights, batch, key],
    'model.scores': [model.scores, theWeights, x],
    'model.trace': [model.trace, theWeights, x, key],
    'model.activations': [model.activations, theWeights, x],
    'conv.scores': [conv.scores, () => conv.init(), () => api.ones([2, 1, 4, 4])],
  },
)
