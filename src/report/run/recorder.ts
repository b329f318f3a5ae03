import { ArgumentError, isRecord, shown as shownValue } from '../../errors/index.ts'
import { scoped } from '../../kernels/index.ts'
import { type Classifier, checkWeights, summary, type Weights } from '../../models/index.ts'
import { foldIn, key, permutation } from '../../random/index.ts'
import type { Event, Result } from '../../solver/index.ts'
import { gather, type Labels, rowCount, snapshotAll, type Tensor, type Tensors } from '../../tensor/index.ts'
import { distributionsOf, type Inside } from './distributions.ts'
import { examineFirstLayer, examineMaps } from './examine.ts'
import { examineTest } from './examineTest.ts'
import { factsOf, machineFacts } from './facts.ts'
import { imageShapeOf } from './pictures.ts'
import { layerProbe, type Probe } from './probe.ts'
import type { EpochRecord, RunRecord, TestRecord } from './record.ts'
import { checkDetails, checkRecorder, type RecorderOptions, type RunDetails } from './recorderOptions.ts'

/** The page of a run that diverged is without its test, where the weights that are left give scores that are not finite. */
const tested = (status: Result['status'], examine: () => TestRecord): { readonly test?: TestRecord } => {
  try {
    return { test: examine() }
  } catch (reason) {
    if (status === 'diverged' && reason instanceof ArgumentError) return {}
    throw reason
  }
}

/** Gets each event of a run, and makes a record of it at the end. */
export interface Recorder<Y = Labels> {
  /** Gets each event. */
  readonly see: (event: Event) => void
  /** What is known of the run, with what the events do not tell. */
  readonly finish: (details?: RunDetails<Y>) => RunRecord
}

/** What there is from the first event on, whose weights tell the precision. */
interface Started {
  readonly x: Tensor
  readonly probe: Probe
  readonly inside: Inside
}

const epochsOf = ({ trainScoreHistory, valScoreHistory }: Result): EpochRecord[] =>
  trainScoreHistory.map((trainScore, epoch) => {
    const valScore = valScoreHistory[epoch]
    return valScore === undefined ? { epoch, trainScore } : { epoch, trainScore, valScore }
  })

const numParameters = ({ params }: Weights): number =>
  Object.values(params).reduce((sum, { data }) => sum + data.length, 0)

/**
 * A consumer of events that records what a report shows: losses, learning rates and scores, and at up to 125 of the steps how
 * large each layer's gradients are and how far the step moved its weights
 *
 * Gradients are measured on a fixed batch of training rows, since events carry none. From 1600 steps on, with batches of 100, that
 * took 2 to 4 % of the time. Of a run that goes on from a former state, what was measured before is not known.
 *
 * @param options  the run's model and data; how many rows to measure on
 * @returns        `see` for each event, `finish` after the last
 * @throws         OptionError for an option that is missing, misspelt or does not fit; (finish) OptionError for a detail that does not
 *                 fit, ArgumentError when the run is not over and no result is given
 * @example        const data = { xTrain: tensor([4, 2], [0, 0, 0, 1, 1, 0, 1, 1]), yTrain: [0, 1, 1, 0] }
 *                 const model = orThrow(twoLayerNet({ inputDim: 2, numClasses: 2 }))
 *                 const run = recorder({ model, data })
 *                 for (const event of orThrow(train(model, data, { numEpochs: 3 }))) run.see(event)
 *                 run.finish({ title: 'XOR' }).loss.length   // 3
 * @see            `reportPage`, `writeReport`
 */
export const recorder = <Y = Labels>(options: RecorderOptions<Y>): Recorder<Y> => {
  const { model, data, targets, probeRows, ...given } = checkRecorder(options)
  const { activations = model.activations } = given
  // Only a model that shows its net has an outline.
  const shown = model.net && model.outline ? (model as Classifier<unknown>) : undefined
  const began = Date.now()
  const clock = performance.now()
  const elapsed = (): number => (performance.now() - clock) / 1000
  let started: Started | undefined
  let ended: { readonly result: Result; readonly seconds: number } | undefined
  let measuringSeconds = 0

  const insideOf = (weights: Weights, x: Tensor): Inside => ({
    weights: { params: snapshotAll(weights.params), state: {} },
    activations: scoped(
      (): Tensors =>
        snapshotAll(activations === undefined ? { scores: model.scores(weights, x) } : activations(weights, x)),
    ),
  })

  const start = (weights: Weights): Started => {
    const rows = permutation(foldIn(key(0), 'probe'), rowCount(data.xTrain))
      .subarray(0, probeRows)
      .sort()
    const x = gather(data.xTrain, rows, model.dtype)
    const probe = layerProbe(model.fitted?.(targets) ?? model, { x, y: model.task.take(targets, rows) })
    probe.start(weights)
    return { x, probe, inside: insideOf(weights, x) }
  }

  return {
    see: (event) => {
      if (!isRecord(event))
        throw new ArgumentError(`recorder: an event is no ${shownValue(event)}; give those of train`)
      if (event._tag === 'Done') {
        ended = { result: event.result, seconds: elapsed() }
      } else if (event._tag !== 'Evaluation') {
        checkWeights('recorder', event.weights)
        const before = elapsed()
        if (started === undefined) started = start(event.weights)
        else if (event._tag === 'Step') started.probe.step(event.step, event.totalSteps, event.weights)
        measuringSeconds += elapsed() - before
      }
    },
    finish: (details = {}) => {
      const example = data.xTrain.shape.slice(1)
      const { title, command, settings, test, classNames, imageShape, ...given } = checkDetails(details, example, model)
      const result = given.result ?? ended?.result
      if (result === undefined) {
        throw new ArgumentError('recorder: the run is not over; call finish after the last event, or give its result')
      }
      const { weights, status, steps, best, backend } = result
      const { name, label = name, better } = model.task.score
      const image = imageShape ?? imageShapeOf(example)
      const firstLayer = examineFirstLayer(weights, image)
      const hasTest = test !== undefined && rowCount(test.x) > 0
      const maps = examineMaps(activations, model, weights, hasTest ? test.x : data.xTrain, image)
      return {
        title,
        command,
        status,
        ...(result.fault && { fault: result.fault.message }),
        backend,
        began,
        seconds: ended?.seconds ?? elapsed(),
        measuringSeconds,
        steps,
        parameters: numParameters(weights),
        ...(shown && { parts: summary(shown).rows }),
        score: { name, label, better },
        ...(best && { best: { epoch: best.epoch, valScore: best.valScore } }),
        settings: factsOf(settings),
        machine: machineFacts(backend),
        loss: result.lossHistory,
        learningRate: result.learningRateHistory,
        epochs: epochsOf(result),
        layers: started?.probe.record() ?? { probeRows: 0, gradientNorms: [], updateRatios: [] },
        distributions: started === undefined ? [] : distributionsOf(started.inside, insideOf(weights, started.x)),
        ...(hasTest ? tested(status, () => examineTest(model, weights, test, image, classNames)) : {}),
        ...(firstLayer === undefined ? {} : { firstLayer }),
        ...(maps && { maps }),
      }
    },
  }
}
