import type { LineSeriesOption } from 'echarts'
import { grid, horizontal, logarithmic, vertical } from '../page/axes.ts'
import { accent, draw, muted, type Size, series } from '../page/chart.ts'
import { bySteps, type Point, smooth, thin } from '../page/curves.ts'
import { percent } from '../page/numbers.ts'
import type { EpochRecord, WeightCurve } from './record.ts'

/** Curves whose values span more than this get a logarithmic axis. */
const WIDE = 20

/** Steps over which a run's loss is smoothed. */
export const smoothingSpan = (steps: number): number => Math.max(5, Math.round(steps / 50))

const line = (points: readonly Point[], color: string, more: LineSeriesOption = {}): LineSeriesOption => ({
  type: 'line',
  silent: true,
  showSymbol: false,
  data: points.map(([x, y]) => [x, y]),
  color,
  lineStyle: { width: 2, color, cap: 'round', join: 'round' },
  ...more,
})

// A lone value has no line, and few ones are easier to see as dots.
const dotted = (points: readonly Point[], color: string): LineSeriesOption =>
  line(points, color, {
    showSymbol: points.length <= 40,
    showAllSymbol: true,
    symbol: 'circle',
    symbolSize: 5,
    itemStyle: { color, borderWidth: 0 },
  })

const last = (points: readonly Point[]): number => points.at(-1)?.[0] ?? 1

/** Each step's loss, thin, and their moving mean. */
export const lossChart = (loss: readonly number[], size: Size): string => {
  const points = bySteps(loss)
  const raw = thin(points)
  const mean = thin(smooth(points, smoothingSpan(loss.length)))
  const means = mean.map(([, y]) => y)
  const isWide = Math.min(...means) > 0 && Math.max(...means) / Math.min(...means) > WIDE
  const log = logarithmic([raw])
  const place = isWide ? log.place : (all: readonly Point[]) => all
  return draw(
    {
      grid,
      xAxis: horizontal(Math.max(2, loss.length)),
      yAxis: isWide ? log.axis : vertical(),
      series: [
        line(place(raw), accent, { lineStyle: { width: 1, color: accent, opacity: 0.35 } }),
        line(place(mean), accent, { lineStyle: { width: 2.25, color: accent } }),
      ],
    },
    size,
    'loss',
  )
}

/** Where the axis of accuracies may begin, and how far its lines are apart. */
const accuracyRanges = [
  [0.98, 0.005],
  [0.95, 0.01],
  [0.9, 0.02],
  [0.8, 0.05],
  [0.5, 0.1],
  [0, 0.2],
] as const

const scoreCurves = (
  epochs: readonly EpochRecord[],
): readonly [training: readonly Point[], validation: readonly Point[]] => [
  thin(epochs.map(({ epoch, trainScore }) => [epoch, trainScore])),
  thin(epochs.flatMap(({ epoch, valScore }) => (valScore === undefined ? [] : [[epoch, valScore]]))),
]

/**
 * The scores that a chart has room for: where the first epochs lie far from all later ones, they would press those to an edge.
 *
 * @returns  whether a score is one of them
 */
export const nearOthers = (epochs: readonly EpochRecord[]): ((score: number) => boolean) => {
  const later = scoreCurves(epochs)
    .flat()
    .filter(([epoch, y]) => 4 * epoch >= epochs.length - 1 && Number.isFinite(y))
    .map(([, y]) => y)
  const [low, high] = [Math.min(...later), Math.max(...later)]
  const room = Math.max(high - low, Math.abs(high) / 10)
  return (score) => score >= low - room && score <= high + room
}

/** Any score by epoch. */
export const scoreChart = (epochs: readonly EpochRecord[], size: Size): string => {
  const [training, validation] = scoreCurves(epochs)
  const isNear = nearOthers(epochs)
  const shown = (points: readonly Point[]) => points.filter(([, y]) => isNear(y))
  return draw(
    {
      grid,
      xAxis: horizontal(Math.max(1, last(training))),
      yAxis: vertical(),
      series: [dotted(shown(training), series(0)), dotted(shown(validation), series(1))],
    },
    size,
    'score',
  )
}

/** Training and validation accuracy by epoch. */
export const accuracyChart = (epochs: readonly EpochRecord[], size: Size): string => {
  const [training, validation] = scoreCurves(epochs)
  // The net's accuracy before the first step would press the rest against the upper edge.
  const learned = [...training, ...validation].filter(([epoch]) => epoch > 0).map(([, y]) => y)
  const lowest = Math.min(...learned)
  const [min, interval] = accuracyRanges.find(([from]) => from < lowest) ?? [0, 0.2]
  const shown = (points: readonly Point[]) => points.filter(([, y]) => y >= min)
  return draw(
    {
      grid,
      xAxis: horizontal(Math.max(1, last(training))),
      yAxis: vertical((value) => percent(value).replace('.0 ', ' '), { min, max: 1, interval }),
      series: [dotted(shown(training), series(0)), dotted(shown(validation), series(1))],
    },
    size,
    'accuracy',
  )
}

export const learningRateChart = (rates: readonly number[], size: Size): string =>
  draw(
    {
      grid,
      xAxis: horizontal(Math.max(2, rates.length)),
      yAxis: vertical(undefined, { min: 0 }),
      series: [line(thin(bySteps(rates)), muted)],
    },
    size,
    'learning-rate',
  )

/** A curve a weight, on a logarithmic axis. */
export const weightChart = (label: string, curves: readonly WeightCurve[], size: Size): string => {
  const thinned = curves.map(({ points }) => thin(points))
  const { axis, place } = logarithmic(thinned, 0.04)
  const end = Math.max(2, ...thinned.map(last))
  return draw(
    {
      grid,
      xAxis: horizontal(end),
      yAxis: axis,
      series: thinned.map((points, i) =>
        line(place(points), series(i), { lineStyle: { width: 1.75, color: series(i) } }),
      ),
    },
    size,
    label,
  )
}
