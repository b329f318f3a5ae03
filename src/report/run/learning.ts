import { accent, muted, series } from '../page/chart.ts'
import { bySteps, MOST_POINTS } from '../page/curves.ts'
import { chartFigure, type Key, pair, section } from '../page/figure.ts'
import type { Html } from '../page/html.ts'
import { count, counted, short } from '../page/numbers.ts'
import {
  accuracyChart,
  learningRateChart,
  lossChart,
  nearOthers,
  scoreChart,
  scoreCurves,
  smoothingSpan,
  weightChart,
} from './curveCharts.ts'
import type { EpochRecord, RunRecord, WeightCurve } from './record.ts'
import { isAccuracy, scoreText } from './score.ts'

const WIDE = { width: 1016, height: 320 }
const HALF = { width: 488, height: 270 }

const thinned = (points: number): string =>
  points <= MOST_POINTS
    ? ''
    : ` Of ${count(points)} steps the page holds the lowest and the highest of each ${Math.round((2 * points) / MOST_POINTS)}, so spikes stay visible.`

const lossFigure = ({ loss }: RunRecord): Html | undefined =>
  loss.length === 0
    ? undefined
    : chartFigure(
        'loss',
        'Loss',
        [
          { text: 'each step', color: accent, opacity: 0.4 },
          { text: 'moving mean', color: accent },
        ],
        lossChart([{ points: bySteps(loss), color: accent }], WIDE),
        `The loss of each step's batch, and its exponential moving mean over about ${counted(smoothingSpan(loss.length), 'step')}.${thinned(loss.length)}`,
      )

/** With a capital letter, as titles begin. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const farAway = (epochs: readonly EpochRecord[]): string => {
  const isNear = nearOthers(scoreCurves(epochs))
  const far = epochs.filter(({ trainScore, valScore = trainScore }) => !isNear(trainScore) || !isNear(valScore)).length
  return far === 0
    ? ''
    : ` ${counted(far, 'epoch')} with scores far from the others ${far === 1 ? 'is' : 'are'} left out.`
}

const scoreFigure = ({ epochs, best, score }: RunRecord): Html | undefined => {
  const hasValidation = epochs.some(({ valScore }) => valScore !== undefined)
  const keys: Key[] = [
    { text: 'training', color: series(0) },
    ...(hasValidation ? [{ text: 'validation', color: series(1) }] : []),
  ]
  const peak =
    best === undefined
      ? ''
      : ` The best validation ${score.label}, ${scoreText(score, best.valScore)}, came in epoch ${best.epoch}.`
  if (epochs.length < 2) return undefined
  const title = `${capital(score.label)} by epoch`
  return isAccuracy(score)
    ? chartFigure(
        'accuracy',
        title,
        keys,
        accuracyChart(scoreCurves(epochs), HALF),
        `Share of examples whose class is predicted right, after each epoch.${peak}`,
      )
    : chartFigure(
        'score',
        title,
        keys,
        scoreChart(scoreCurves(epochs), HALF),
        `Of all examples together, after each epoch; ${score.better} is better.${peak}${farAway(epochs)}`,
      )
}

const rateFigure = ({ learningRate }: RunRecord): Html | undefined => {
  if (learningRate.length === 0) return undefined
  const [first = Number.NaN, end = Number.NaN] = [learningRate[0], learningRate.at(-1)]
  return chartFigure(
    'learning-rate',
    'Learning rate',
    [{ text: 'each step', color: muted }],
    learningRateChart(learningRate, HALF),
    learningRate.every((rate) => rate === first)
      ? `The same in all steps: ${short(first)}.`
      : `From ${short(first)} in the first step to ${short(end)} in the last, with decay and schedule applied.`,
  )
}

const weightKeys = (curves: readonly WeightCurve[]): Key[] =>
  curves.map(({ name }, i) => ({ text: name, color: series(i) }))

const hasPoints = (curves: readonly WeightCurve[]): boolean =>
  curves.some(({ points }) => points.some(([, y]) => y > 0 && Number.isFinite(y)))

const gradientFigure = ({ layers: { gradientNorms, probeRows } }: RunRecord): Html | undefined =>
  hasPoints(gradientNorms)
    ? chartFigure(
        'gradients',
        'Gradient norm by layer',
        weightKeys(gradientNorms),
        weightChart('gradients', gradientNorms, HALF),
        `‖∂loss/∂W‖ of a fixed probe batch of ${counted(probeRows, 'training row')}, measured at ${counted(gradientNorms[0]?.points.length ?? 0, 'step')}; logarithmic. Curves far apart mean that layers learn at different speeds.`,
      )
    : undefined

const ratioFigure = ({ layers: { updateRatios } }: RunRecord): Html | undefined =>
  hasPoints(updateRatios)
    ? chartFigure(
        'updates',
        'Update ratio by layer',
        weightKeys(updateRatios),
        weightChart('updates', updateRatios, HALF),
        '‖ΔW‖/‖W‖: how far one step moves a layer, relative to its size; logarithmic. About 10⁻³ is usual; much more is restless, much less hardly learns.',
      )
    : undefined

/** How the run went. */
export const learningSection = (record: RunRecord): Html | undefined =>
  section('learning', 'How it learned', [
    lossFigure(record),
    pair(scoreFigure(record), rateFigure(record)),
    pair(gradientFigure(record), ratioFigure(record)),
  ])
