import type { LineSeriesOption } from 'echarts'
import { grid, horizontal, logarithmic, vertical } from '../page/axes.ts'
import { draw, muted, type Size, series } from '../page/chart.ts'
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

/** Points and the colour that they have. */
export interface Curve {
  readonly points: readonly Point[]
  readonly color: string
}

/** The moving mean of each run's loss; of one run each step's loss too, thin. */
export const lossChart = (curves: readonly Curve[], size: Size): string => {
  const raw = curves.length > 1 ? [] : curves.map(({ points, color }) => ({ points: thin(points), color }))
  const means = curves.map(({ points, color }) => ({
    points: thin(smooth(points, smoothingSpan(points.length))),
    color,
  }))
  const heights = means.flatMap(({ points }) => points.map(([, y]) => y))
  const isWide = Math.min(...heights) > 0 && Math.max(...heights) / Math.min(...heights) > WIDE
  const log = logarithmic([...raw, ...means].map(({ points }) => points))
  const place = isWide ? log.place : (all: readonly Point[]) => all
  return draw(
    {
      grid,
      xAxis: horizontal(Math.max(2, ...curves.map(({ points }) => points.length))),
      yAxis: isWide ? log.axis : vertical(),
      series: [
        ...raw.map(({ points, color }) =>
          line(place(points), color, { lineStyle: { width: 1, color, opacity: 0.35 } }),
        ),
        ...means.map(({ points, color }) => line(place(points), color, { lineStyle: { width: 2.25, color } })),
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

/** Training and validation scores of a run. */
export const scoreCurves = (epochs: readonly EpochRecord[]): readonly Curve[] => [
  { points: thin(epochs.map(({ epoch, trainScore }) => [epoch, trainScore])), color: series(0) },
  {
    points: thin(epochs.flatMap(({ epoch, valScore }) => (valScore === undefined ? [] : [[epoch, valScore]]))),
    color: series(1),
  },
]

const lastOf = (curves: readonly Curve[]): number => Math.max(1, ...curves.map(({ points }) => last(points)))

/**
 * The scores that a chart has room for: where the first epochs lie far from all later ones, they would press those to an edge.
 *
 * @returns  whether a score is one of them
 */
export const nearOthers = (curves: readonly Curve[]): ((score: number) => boolean) => {
  const end = lastOf(curves)
  const later = curves
    .flatMap(({ points }) => points)
    .filter(([epoch, y]) => 4 * epoch >= end && Number.isFinite(y))
    .map(([, y]) => y)
  const [low, high] = [Math.min(...later), Math.max(...later)]
  const room = Math.max(high - low, Math.abs(high) / 10)
  return (score) => score >= low - room && score <= high + room
}

const byEpoch = (
  curves: readonly Curve[],
  isShown: (score: number) => boolean,
  yAxis: ReturnType<typeof vertical>,
  size: Size,
  label: string,
): string =>
  draw(
    {
      grid,
      xAxis: horizontal(lastOf(curves)),
      yAxis,
      series: curves.map(({ points, color }) =>
        dotted(
          points.filter(([, y]) => isShown(y)),
          color,
        ),
      ),
    },
    size,
    label,
  )

/** Any score by epoch. */
export const scoreChart = (curves: readonly Curve[], size: Size, label = 'score'): string =>
  byEpoch(curves, nearOthers(curves), vertical(), size, label)

/** Accuracies by epoch. */
export const accuracyChart = (curves: readonly Curve[], size: Size, label = 'accuracy'): string => {
  // The net's accuracy before the first step would press the rest against the upper edge.
  const learned = curves.flatMap(({ points }) => points.filter(([epoch]) => epoch > 0).map(([, y]) => y))
  const lowest = Math.min(...learned)
  const [min, interval] = accuracyRanges.find(([from]) => from < lowest) ?? [0, 0.2]
  const axis = vertical((value) => percent(value).replace('.0 ', ' '), { min, max: 1, interval })
  return byEpoch(curves, (score) => score >= min, axis, size, label)
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
