import type { CustomSeriesOption } from 'echarts'
import type { Trial } from '../../sweep/index.ts'
import { draw, ink, muted, rule, small } from '../page/chart.ts'
import type { Point } from '../page/curves.ts'
import { chartFigure } from '../page/figure.ts'
import type { Html } from '../page/html.ts'
import { count, short } from '../page/numbers.ts'
import { keys, looks } from './look.ts'
import { dots, lines } from './marks.ts'
import type { SweepRecord } from './record.ts'
import { clipped, evenly, type Scale, scalesOf } from './scale.ts'
import { drawnText, eachKth, type Valued, valued } from './trials.ts'
import { type ValueAxis, valueAxis } from './values.ts'

const WIDTH = 1016
const ROW = 50
const NAMES = 168
/** Of the best trials, and of the others: more lines hide each other. */
const MOST_LEADERS = 30
const MOST_OTHERS = 150
/** Where a parameter that is not there stands. */
const ABSENT = 1.07

/** The trials' values on a line from 0 to 1: better is more to the right. */
const valueScale = (axis: ValueAxis, values: readonly number[], direction: SweepRecord['direction']) => {
  const places = values.map(axis.place).sort((a, b) => a - b)
  const [low, high] = [places[0] ?? 0, places.at(-1) ?? 1]
  const share = (place: number): number => {
    const up = high > low ? (place - low) / (high - low) : 0.5
    return direction === 'maximize' ? up : 1 - up
  }
  const back = (place: number): number => (axis.isLogarithmic ? 10 ** place : place)
  const ends = high > low ? [low, (low + high) / 2, high] : [low]
  return {
    place: (value: number) => share(axis.place(value)),
    ticks: ends.map((place) => ({ at: share(place), text: short(back(place), 4) })),
  }
}

type Ticks = Scale['ticks']

/** The numbers below each row, above the trials' lines. */
const labels = (ticks: readonly Ticks[]): CustomSeriesOption => ({
  type: 'custom',
  silent: true,
  clip: false,
  data: [[0, 0]],
  renderItem: (_params, api) => ({
    type: 'group',
    children: ticks.flatMap((all, row) =>
      all.map(({ at, text }) => {
        const [x = 0, y = 0] = api.coord([at, row])
        return {
          type: 'text' as const,
          x: Math.round(x),
          y: Math.round(y) + 13,
          style: {
            ...{ text, align: 'center', verticalAlign: 'middle' },
            ...{ fill: muted, fontSize: 11, fontFamily: 'inherit', stroke: 'var(--paper)', lineWidth: 3 },
          } as const,
        }
      }),
    ),
  }),
})

/** A horizontal line a row, and the names to the left. */
const frame = (names: readonly string[], right: number) => ({
  grid: { left: NAMES, right: 24, top: 14, bottom: 26 },
  xAxis: { type: 'value', min: 0, max: right, show: false } as const,
  yAxis: {
    type: 'category',
    inverse: true,
    boundaryGap: false,
    data: names.map((name) => ({ value: clipped(name, 24) })),
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { ...small, color: ink, interval: 0, margin: 16, width: NAMES - 24, overflow: 'truncate' },
    splitLine: { show: false },
  } as const,
  rows: lines(
    names.map((_, row) => [[0, row] as const, [1, row] as const]),
    { color: rule, width: 1.5 },
  ),
})

/** Each trial as a line through its parameters, down to its value. */
export const parallelFigure = (record: SweepRecord, ranked: readonly Trial[]): Html | undefined => {
  const { direction, space, trials } = record
  const scales = scalesOf(space)
  const all = ranked.filter((trial): trial is Valued => trial.state === 'complete' && Number.isFinite(trial.value))
  const values = valued(trials, 'complete').map(({ value }) => value)
  const axis = valueAxis(values, direction)
  if (axis === undefined || scales.length === 0) return undefined
  const value = valueScale(axis, values, direction)
  const line = (trial: Valued): readonly Point[] => [
    ...scales.map(({ name, place }, row): Point => {
      const own = trial.params[name]
      return [own === undefined ? ABSENT + evenly(trial.number, 0.04) : place(own, trial.number), row]
    }),
    [value.place(trial.value), scales.length],
  ]
  const numLeaders = Math.min(MOST_LEADERS, Math.ceil(all.length / 10))
  const top = all.slice(0, 1).map(line)
  const leaders = all.slice(1, numLeaders).map(line)
  const others = eachKth(all.slice(numLeaders), MOST_OTHERS).map(line)
  const isConditional = scales.some(({ conditional }) => conditional)
  const ticks = [
    ...scales.map(({ ticks: own, conditional }) => (conditional ? [...own, { at: ABSENT, text: 'absent' }] : own)),
    value.ticks,
  ]
  const { rows, ...axes } = frame([...scales.map(({ name }) => name), 'value'], isConditional ? 1.09 : 1)
  const row = Math.max(ROW, Math.floor(200 / scales.length))
  return chartFigure(
    'parallel',
    'Parameters together',
    [
      keys.best,
      ...(leaders.length > 0 ? [{ text: `the next ${count(leaders.length)}`, color: looks.complete }] : []),
      ...(others.length > 0 ? [{ text: 'other complete trials', color: looks.pruned, opacity: 0.6 }] : []),
    ],
    draw(
      {
        ...axes,
        series: [
          rows,
          lines(others, { color: looks.pruned, width: 1, opacity: others.length > 80 ? 0.3 : 0.45 }),
          lines(leaders, { color: looks.complete, width: 1.25, opacity: 0.8 }),
          lines(top, { color: looks.best, width: 2.75 }),
          dots(top.flat(), { color: looks.best, width: 7 }),
          labels(ticks),
        ],
      },
      { width: WIDTH, height: row * scales.length + 40 },
      'parallel',
    ),
    `Parallel coordinates: each line, from the top to the bottom, is a trial; better values are to the right.${drawnText(all.length, numLeaders, numLeaders + others.length)}${isConditional ? ' A parameter whose condition did not hold is absent.' : ''}`,
  )
}
