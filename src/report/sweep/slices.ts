import { best, type Trial } from '../../sweep/index.ts'
import { bottom, grid } from '../page/axes.ts'
import { draw } from '../page/chart.ts'
import type { Point } from '../page/curves.ts'
import { figure, panel } from '../page/figure.ts'
import { type Html, html } from '../page/html.ts'
import { dotWidth, keys, looks } from './look.ts'
import { dots } from './marks.ts'
import type { SweepRecord } from './record.ts'
import { clipped, type Scale, scalesOf } from './scale.ts'
import { drawnText, someOf, type Valued } from './trials.ts'
import { type ValueAxis, valueAxis } from './values.ts'

const SIZE = { width: 320, height: 190 }
/** Dots in all panels together, so that the page stays small. */
const MOST_DOTS = 24_000

const sliceChart = (
  label: string,
  scale: Scale,
  axis: ValueAxis,
  trials: readonly Valued[],
  top: Trial | undefined,
): string => {
  const points = (some: readonly Valued[]): readonly Point[] =>
    some.flatMap((trial) => {
      const own = trial.params[scale.name]
      return own === undefined ? [] : [[scale.place(own, trial.number), axis.place(trial.value)] as const]
    })
  const of = (state: Trial['state']): readonly Valued[] => trials.filter((trial) => trial.state === state)
  const room = Math.max(5, Math.floor(40 / scale.ticks.length))
  const texts = new Map(scale.ticks.map(({ at, text }) => [at, clipped(text, room)]))
  const width = Math.min(6, dotWidth(trials.length))
  return draw(
    {
      grid,
      xAxis: bottom(-0.02, 1.02, (at) => texts.get(at) ?? '', {
        customValues: [...texts.keys()],
        hideOverlap: true,
        showMinLabel: true,
        showMaxLabel: true,
      }),
      yAxis: { ...axis.axis, axisLabel: { ...axis.axis.axisLabel, fontSize: 11 } } as ValueAxis['axis'],
      series: [
        dots(points(of('pruned')), { color: looks.pruned, width: Math.max(2.5, width - 2), opacity: 0.5 }),
        dots(points(of('complete')), { color: looks.complete, width, opacity: 0.6 }),
        dots(points(trials.filter(({ number }) => number === top?.number)), { color: looks.best, width: 8 }),
      ],
    },
    SIZE,
    label,
  )
}

/** A panel a parameter: the trials' values above the parameter's. */
export const slicesFigure = ({ direction, space }: SweepRecord, ranked: readonly Trial[]): Html | undefined => {
  const scales = scalesOf(space)
  const all = ranked.filter(
    (trial): trial is Valued =>
      (trial.state === 'complete' || trial.state === 'pruned') && Number.isFinite(trial.value),
  )
  const axis = valueAxis(
    all.map(({ value }) => value),
    direction,
  )
  if (axis === undefined || scales.length === 0) return undefined
  const drawn = someOf(all, Math.max(50, Math.min(1500, Math.floor(MOST_DOTS / scales.length))))
  const top = best(all, direction)
  const panels = scales.map((scale, i) =>
    panel(`slice-${i}`, clipped(scale.name, 60), sliceChart(`slice-${i}`, scale, axis, drawn, top)),
  )
  return figure(
    'slices',
    'Value by parameter',
    [
      ...(top === undefined ? [] : [{ ...keys.best, block: true }, keys.complete]),
      ...(drawn.some(({ state }) => state === 'pruned') ? [keys.pruned] : []),
    ],
    html`<div class="panels slices">${panels}</div>`,
    `Each dot is a trial that had the parameter; where it takes few values, they are spread a little.${drawnText(all.length, Math.ceil(drawn.length / 2), drawn.length)}`,
  )
}
