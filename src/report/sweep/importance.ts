import { foldIn, key } from '../../random/index.ts'
import { type Importance, importance, type Trial } from '../../sweep/index.ts'
import { draw, ink, muted, rule, small } from '../page/chart.ts'
import { chartFigure } from '../page/figure.ts'
import type { Html } from '../page/html.ts'
import { count, counted, percent } from '../page/numbers.ts'
import { looks } from './look.ts'
import type { SweepRecord } from './record.ts'
import { clipped } from './scale.ts'
import { valueAxis } from './values.ts'

const WIDTH = 1016
const ROW = 28
const MOST_BARS = 24
/** Smaller shares have no bar. */
const SMALL = 0.01

const bars = (shares: Importance['shares']): string => {
  const most = Math.max(...shares.map(({ total }) => total), 0.01)
  const bar = (color: string, opacity: number) =>
    ({ type: 'bar', silent: true, stack: 'share', barWidth: 14, itemStyle: { color, opacity } }) as const
  return draw(
    {
      grid: { left: 168, right: 172, top: 0, bottom: 0 },
      xAxis: { type: 'value', min: 0, max: most, show: false },
      yAxis: {
        type: 'category',
        inverse: true,
        data: shares.map(({ name }) => ({ value: clipped(name, 24) })),
        axisLine: { show: true, lineStyle: { color: rule } },
        axisTick: { show: false },
        axisLabel: { ...small, color: ink, interval: 0, margin: 12, width: 148, overflow: 'truncate' },
      },
      series: [
        { ...bar(looks.complete, 1), data: shares.map(({ alone }) => alone) },
        {
          ...bar(looks.complete, 0.32),
          data: shares.map(({ alone, total }) => Math.max(0, total - alone)),
          label: {
            ...{ show: true, position: 'right', distance: 8, ...small, color: muted, opacity: 1 },
            formatter: ({ dataIndex }: { readonly dataIndex: number }) => {
              const { alone = 0, total = 0 } = shares[dataIndex] ?? {}
              return `${percent(alone, 0)} alone, ${percent(total, 0)} in all`
            },
          },
        },
      ],
    },
    { width: WIDTH, height: ROW * shares.length },
    'importance',
  )
}

const trust = (explained: number): string =>
  explained >= 0.5
    ? `It explains ${percent(explained, 0)} of the variance of trials that it has not seen.`
    : `It explains ${explained > 0 ? `only ${percent(explained, 0)}` : 'nothing'} of the variance of trials that it has not seen, so do not trust these shares: more trials are needed.`

const restText = (rest: Importance['shares']): string => {
  const [largest] = rest
  return largest === undefined
    ? ''
    : ` ${counted(rest.length, 'more parameter')}, without a bar: at most ${percent(largest.total)} in all.`
}

/** How much of the values' variance comes from each parameter. */
export const importanceFigure = ({ direction, space, seed, trials }: SweepRecord): Html | undefined => {
  const axis = valueAxis(
    trials.flatMap(({ state, value }) => (state === 'complete' && value !== undefined ? [value] : [])),
    direction,
  )
  if (axis === undefined) return undefined
  // As they are drawn: one value that is far out would be all of the variance.
  const placed = trials.map(
    (trial): Trial => (trial.value === undefined ? trial : { ...trial, value: axis.place(trial.value) }),
  )
  const found = importance(space, placed, foldIn(key(seed), 'importance'))
  if (found === undefined || found.shares.length === 0) return undefined
  const shares = found.shares.slice(0, MOST_BARS).filter(({ total }, i) => i === 0 || total >= SMALL)
  const rest = found.shares.slice(shares.length)
  return chartFigure(
    'importance',
    'Importance of parameters',
    [
      { text: 'alone', color: looks.complete, block: true },
      { text: 'together with others', color: looks.complete, opacity: 0.32, block: true },
    ],
    bars(shares),
    `Functional ANOVA (Hutter, Hoos and Leyton-Brown 2014): the share of the ${axis.isLogarithmic ? 'logarithmic ' : ''}values’ variance over the whole space that each parameter explains, by a random forest that learned ${count(found.trials)} complete trials. ${trust(found.explained)}${restText(rest)}`,
  )
}
