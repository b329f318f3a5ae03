import { scoped } from '../kernels/index.ts'
import type { Model, Weights } from '../models/index.ts'
import type { Data, Epoch, Event, Result } from '../solver/index.ts'
import {
  ArgumentError,
  classIndices,
  dtypeOf,
  foldIn,
  gather,
  key,
  permutation,
  rowCount,
  snapshotAll,
  type Tensor,
  type Tensors,
} from '../tensor/index.ts'
import { examineFirstLayer, examineTest, type TestSet } from './examine.ts'
import { factsOf, machineFacts } from './facts.ts'
import { type Distribution, distribution } from './histogram.ts'
import { type ImageShape, imageShapeOf } from './pictures.ts'
import { layerProbe, matricesOf } from './probe.ts'
import type { EpochRecord, RunRecord } from './record.ts'

export interface RecorderOptions {
  readonly model: Model
  /** What the run trains on; only `xTrain` and `yTrain` are read. */
  readonly data: Pick<Data, 'xTrain' | 'yTrain'>
  /** Training rows on which gradients and activations are measured; 100 unless given. */
  readonly probeRows?: number
  /** What a net computes inside, by name; its scores unless given. */
  readonly activations?: (weights: Weights, x: Tensor) => Tensors
}

/** What the events do not tell. */
export interface RunDetails {
  readonly title?: string
  /** What to type to get this run again. */
  readonly command?: string
  /** Settings to list, e.g. the command line's flags. */
  readonly settings?: object
  readonly test?: TestSet
  /** '0', '1', … unless given. */
  readonly classNames?: readonly string[]
  /** How an example is seen as an image; guessed from its shape unless given. */
  readonly imageShape?: ImageShape
  /** In place of that of the `Done` event, e.g. with `lastWeights` as its weights, which are those that are examined. */
  readonly result?: Result
}

/** Gets each event of a run, and makes a record of it at the end. */
export interface Recorder {
  readonly see: (event: Event) => void
  readonly finish: (details?: RunDetails) => RunRecord
}

const MOST_DISTRIBUTIONS = 6

const epochRecord = ({ epoch, step, trainAcc, valAcc }: Epoch): EpochRecord =>
  valAcc === undefined ? { epoch, step, trainAcc } : { epoch, step, trainAcc, valAcc }

/**
 * A consumer of events that remembers what a report shows: losses and learning rates of all steps, accuracies of all epochs, and
 * at up to 125 of the steps how large each layer's gradients are and how far the step moved its weights.
 *
 * Gradients are measured on a fixed batch of training rows, since events carry none. It costs less than 3 % of the training time.
 *
 * @param options  the run's model and data; how many rows to measure on
 * @returns        `see` for each event, `finish` once after the last
 * @throws         (finish) ArgumentError when the run is not over and no result is given
 * @example        const data = { xTrain: tensor([4, 2], [0, 0, 0, 1, 1, 0, 1, 1]), yTrain: [0, 1, 1, 0] }
 *                 const model = orThrow(twoLayerNet({ inputDim: 2, numClasses: 2 }))
 *                 const run = recorder({ model, data })
 *                 for (const event of orThrow(train(model, data, { numEpochs: 3 }))) run.see(event)
 *                 run.finish({ title: 'XOR' }).loss.length   // 3
 * @see            `reportPage`, `writeReport`
 */
export const recorder = ({
  model,
  data,
  probeRows = 100,
  activations = (weights, x) => ({ scores: model.scores(weights, x) }),
}: RecorderOptions): Recorder => {
  const began = Date.now()
  const clock = performance.now()
  const loss: number[] = []
  const learningRate: number[] = []
  const epochs: EpochRecord[] = []
  const labels = classIndices(data.yTrain)
  const chosen = permutation(foldIn(key(0), 'probe'), labels.length)
    .subarray(0, probeRows)
    .sort()
  const y = Int32Array.from(chosen, (row) => labels[row] as number)
  const shape = data.xTrain.shape.slice(1)
  let x: Tensor | undefined
  let probe: ReturnType<typeof layerProbe> | undefined
  let atStart: { readonly weights: Weights; readonly activations: Tensors } | undefined
  let result: Result | undefined
  let seconds = 0
  let measuring = 0

  const dtypeIn = ({ params }: Weights) =>
    dtypeOf(Object.values(params)[0] ?? { shape: [0], data: new Float32Array(0) })
  const activationsOf = (weights: Weights, rows: Tensor): Tensors =>
    scoped(() => snapshotAll(activations(weights, rows)))

  const start = (weights: Weights): void => {
    x = gather(data.xTrain, chosen, dtypeIn(weights))
    probe = layerProbe(model, { x, y })
    probe.start(weights)
    atStart = {
      weights: { params: snapshotAll(weights.params), state: {} },
      activations: activationsOf(weights, x),
    }
  }

  const distributions = (weights: Weights): Distribution[] => {
    if (atStart === undefined || x === undefined) return []
    const before: Tensors = { ...atStart.weights.params, ...atStart.activations }
    const after: Tensors = { ...weights.params, ...activationsOf(weights, x) }
    const named = [
      ...matricesOf(weights)
        .slice(0, MOST_DISTRIBUTIONS)
        .map((name) => [name, 'weights'] as const),
      ...Object.keys(atStart.activations).map((name) => [name, 'activations'] as const),
    ]
    return named
      .map(([name, of]) => distribution(name, of, before[name]?.data ?? [], after[name]?.data ?? []))
      .filter((found) => found !== undefined)
  }

  return {
    see: (event) => {
      if (event._tag === 'Step') {
        loss.push(event.loss)
        learningRate.push(event.learningRate)
        const before = performance.now()
        probe?.step(event.step, event.totalSteps, event.weights)
        measuring += performance.now() - before
      } else if (event._tag === 'Epoch') {
        if (probe === undefined) start(event.weights)
        epochs.push(epochRecord(event))
      } else {
        result = event.result
        seconds = (performance.now() - clock) / 1000
      }
    },
    finish: ({ title = 'A training run', command = '', settings = {}, test, classNames, imageShape, ...rest } = {}) => {
      const done = rest.result ?? result
      if (done === undefined) {
        throw new ArgumentError('recorder: the run is not over; call finish after the last event, or give its result')
      }
      const { weights, status, steps, best, backend } = done
      const image = imageShape ?? imageShapeOf(shape)
      const firstLayer = examineFirstLayer(weights, image)
      return {
        title,
        command,
        status,
        backend,
        began,
        seconds: seconds === 0 ? (performance.now() - clock) / 1000 : seconds,
        measuringSeconds: measuring / 1000,
        steps,
        parameters: Object.values(weights.params).reduce((sum, { data: own }) => sum + own.length, 0),
        ...(best._tag === 'Some' ? { best: { epoch: best.value.epoch, valAcc: best.value.valAcc } } : {}),
        settings: factsOf(settings),
        machine: machineFacts(backend),
        loss,
        learningRate,
        epochs,
        layers: probe?.record() ?? { probeRows: 0, gradientNorms: [], updateRatios: [] },
        distributions: distributions(weights),
        ...(test === undefined || rowCount(test.x) === 0
          ? {}
          : { test: examineTest(model, weights, test, dtypeIn(weights), image, classNames) }),
        ...(firstLayer === undefined ? {} : { firstLayer }),
      }
    },
  }
}
