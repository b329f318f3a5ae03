import type { Direction, Trial } from '../../sweep/index.ts'
import { grid, horizontal } from '../page/axes.ts'
import { draw } from '../page/chart.ts'
import type { Point } from '../page/curves.ts'
import { chartFigure, type Key } from '../page/figure.ts'
import type { Html } from '../page/html.ts'
import { count } from '../page/numbers.ts'
import { dotWidth, keys, looks } from './look.ts'
import { crosses, dots, lines } from './marks.ts'
import type { SweepRecord } from './record.ts'
import { type Valued, valued } from './trials.ts'
import { beyondText, valueAxis } from './values.ts'

const SIZE = { width: 1016, height: 340 }
const FEW_CROSSES = 60

/** The complete trials that were better than all before them. */
const improvements = (trials: readonly Trial[], direction: Direction): readonly Point[] => {
  const found: Point[] = []
  for (const { number, value } of valued(trials, 'complete')) {
    const [, so] = found.at(-1) ?? [0, direction === 'maximize' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY]
    if (direction === 'maximize' ? value > so : value < so) found.push([number, value])
  }
  return found
}

const stairs = (points: readonly Point[], end: number): readonly Point[] =>
  points.flatMap(
    ([x, y], i) =>
      [
        [x, y],
        [points[i + 1]?.[0] ?? end, y],
      ] as const,
  )

/** Each trial's value, and the best one so far. */
export const historyFigure = ({ trials, direction }: SweepRecord): Html | undefined => {
  const complete = valued(trials, 'complete')
  const pruned = valued(trials, 'pruned')
  const values = [...complete, ...pruned].map(({ value }) => value)
  const axis = valueAxis(values, direction)
  if (axis === undefined) return undefined
  const end = Math.max(1, trials.at(-1)?.number ?? 1)
  const placed = (all: readonly Valued[]): Point[] => all.map(({ number, value }) => [number, axis.place(value)])
  const steps = improvements(trials, direction)
  const failed = trials.filter(({ state }) => state === 'diverged' || state === 'failed')
  const faults = failed.map(({ number }): Point => [number, Number(axis.axis.min)])
  const width = dotWidth(trials.length)
  const shown: Key[] = [
    ...(complete.length > 0 ? [keys.complete, keys.bestSoFar] : []),
    ...(pruned.length > 0 ? [keys.pruned] : []),
    ...(failed.length > 0 ? [keys.failed] : []),
  ]
  const stairPoints = stairs(steps, end).map(([x, y]): Point => [x, axis.place(y)])
  return chartFigure(
    'history',
    'Value of each trial',
    shown,
    draw(
      {
        grid,
        xAxis: horizontal(end),
        yAxis: axis.axis,
        series: [
          dots(placed(pruned), { color: looks.pruned, width: Math.max(2.5, 0.7 * width), opacity: 0.6 }),
          dots(placed(complete), { color: looks.complete, width, opacity: 0.65 }),
          lines(stairPoints.length === 0 ? [] : [stairPoints], { color: looks.best, width: 2.25 }),
          dots(
            steps.map(([x, y]) => [x, axis.place(y)]),
            { color: looks.best, width: 7 },
          ),
          failed.length > FEW_CROSSES
            ? dots(faults, { color: looks.failed, width: 2.5 })
            : crosses(faults, { color: looks.failed, width: 1.5 }),
        ],
      },
      SIZE,
      'history',
    ),
    `By number of the trial.${steps.length > 1 ? ` Trial ${count(steps.at(-1)?.[0] ?? 0)} is the last of ${count(steps.length)} that were better than all before them.` : ''}${pruned.length > 0 ? ' A pruned trial stands at what it last reported.' : ''}${failed.length > 0 ? ' Marks at the bottom are trials without a value.' : ''}${beyondText(axis, values)}`,
  )
}
