import { best, type Trial } from '../../sweep/index.ts'
import { grid, horizontal } from '../page/axes.ts'
import { draw } from '../page/chart.ts'
import { type Point, thin } from '../page/curves.ts'
import { chartFigure, type Key } from '../page/figure.ts'
import type { Html } from '../page/html.ts'
import { count, short } from '../page/numbers.ts'
import { keys, looks } from './look.ts'
import { crosses, lines } from './marks.ts'
import type { SweepRecord } from './record.ts'
import { drawnText, someOf } from './trials.ts'
import { beyondText, valueAxis } from './values.ts'

const SIZE = { width: 1016, height: 340 }

/** Curves that are drawn at most, and points of one. */
const MOST_CURVES = 200
const MOST_POINTS = 60

/** What the trials reported on their way, and where pruned ones stopped. */
export const curvesFigure = (record: SweepRecord, ranked: readonly Trial[]): Html | undefined => {
  const { direction } = record
  const finite = (trial: Trial): readonly Point[] =>
    trial.reported.filter(({ value }) => Number.isFinite(value)).map(({ step, value }) => [step, value])
  const withCurves = ranked.filter((trial) => finite(trial).length > 0)
  // Trials with one report each have no curve.
  if (!withCurves.some((trial) => finite(trial).length > 1)) return undefined
  const drawn = someOf(withCurves, MOST_CURVES)
  const values = drawn.flatMap((trial) => finite(trial).map(([, y]) => y))
  const axis = valueAxis(values, direction)
  if (axis === undefined) return undefined
  const curve = (trial: Trial): readonly Point[] => thin(finite(trial), MOST_POINTS).map(([x, y]) => [x, axis.place(y)])
  const top = best(ranked, direction)
  const of = (...states: readonly Trial['state'][]): readonly Trial[] =>
    drawn.filter(({ state }) => states.includes(state))
  const pruned = of('pruned')
  const complete = of('complete').filter(({ number }) => number !== top?.number)
  const broken = of('diverged', 'failed')
  const others = of('running', 'waiting')
  const bestCurve = drawn.filter(({ number }) => number === top?.number).map(curve)
  const last = Math.max(1, ...drawn.map((trial) => finite(trial).at(-1)?.[0] ?? 0))
  const ends = (trials: readonly Trial[]): Point[] => trials.map((trial) => curve(trial).at(-1) as Point)
  const shown: Key[] = [
    ...(bestCurve.length > 0 ? [keys.best] : []),
    ...(complete.length + others.length > 0
      ? [{ ...keys.complete, text: others.length > 0 ? 'complete or running' : 'complete', block: false }]
      : []),
    ...(pruned.length > 0 ? [{ ...keys.pruned, text: 'pruned, ✕ where it stopped', block: false }] : []),
    ...(broken.length > 0 ? [{ ...keys.failed, block: false }] : []),
  ]
  const many = drawn.length > 60
  return chartFigure(
    'curves',
    'What trials reported on their way',
    shown,
    draw(
      {
        grid,
        xAxis: horizontal(last),
        yAxis: axis.axis,
        series: [
          lines(pruned.map(curve), { color: looks.pruned, width: 1, opacity: many ? 0.45 : 0.7 }),
          lines([...complete, ...others].map(curve), {
            color: looks.complete,
            width: many ? 1 : 1.5,
            opacity: many ? 0.5 : 0.75,
          }),
          lines(broken.map(curve), { color: looks.failed, width: 1, opacity: 0.8 }),
          crosses(ends(pruned), { color: looks.pruned, width: 1.5 }),
          crosses(ends(broken), { color: looks.failed, width: 1.5 }),
          lines(bestCurve, { color: looks.best, width: 2.5 }),
        ],
      },
      SIZE,
      'curves',
    ),
    `By step.${top === undefined ? '' : ` Trial ${count(top.number)}, the best, has the value ${short(top.value ?? Number.NaN, 4)}.`}${drawnText(withCurves.length, Math.ceil(drawn.length / 2), drawn.length)}${beyondText(axis, values)}`,
  )
}
