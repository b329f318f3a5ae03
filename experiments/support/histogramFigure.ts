import { accent, bottom, draw, figure, type Html, html, panel, short, small } from '../../src/report/page/drawing.ts'

const BINS = 40
const SIZE = { width: 1016, height: 118 }

interface Panel {
  readonly title: string
  readonly values: ArrayLike<number>
}

export interface HistogramRow {
  readonly title: string
  readonly panels: readonly Panel[]
}

interface Axes {
  readonly low: number
  readonly high: number
  /** Bars of a larger share are cut. */
  readonly top: number
}

/** Share of all values in each of the bins from `low` to `high`; values beyond are in none. */
const shares = (values: ArrayLike<number>, low: number, high: number): number[] => {
  const counts = new Array<number>(BINS).fill(0)
  for (let i = 0; i < values.length; i++) {
    const place = (((values[i] as number) - low) / (high - low)) * BINS
    const bin = place === BINS ? BINS - 1 : Math.floor(place)
    if (bin >= 0 && bin < BINS) counts[bin] = (counts[bin] as number) + 1 / values.length
  }
  return counts
}

const histogramRow = (id: string, panels: readonly Panel[], { low, high, top }: Axes): string => {
  const width = 100 / panels.length
  const edges = (heights: readonly number[]): [number, number][] =>
    [...heights, heights.at(-1) ?? 0].map((share, i) => [low + (i * (high - low)) / BINS, Math.min(top, share)])
  return draw(
    {
      title: panels.map(({ title }, i) => ({
        text: title,
        left: `${i * width}%`,
        top: 0,
        padding: 0,
        textStyle: { ...small, fontWeight: 'normal' },
      })),
      grid: panels.map((_, i) => ({ left: `${i * width}%`, width: `${width - 2.5}%`, top: 22, bottom: 20 })),
      xAxis: panels.map((_, gridIndex) => ({
        ...bottom(low, high, (value) => short(value, 2), { alignMinLabel: 'left', alignMaxLabel: 'right' }),
        gridIndex,
        interval: high - low,
      })),
      yAxis: panels.map((_, gridIndex) => ({ type: 'value', gridIndex, min: 0, max: top, show: false })),
      series: panels.map(({ values }, i) => ({
        type: 'line',
        xAxisIndex: i,
        yAxisIndex: i,
        silent: true,
        step: 'end',
        showSymbol: false,
        data: edges(shares(values, low, high)),
        lineStyle: { width: 0 },
        areaStyle: { color: accent, opacity: 0.7 },
      })),
    },
    SIZE,
    id,
  )
}

/** Rows of histograms, all on the same axes. */
export const histogramFigure = (
  id: string,
  title: string,
  rows: readonly HistogramRow[],
  axes: Axes,
  caption: string,
): Html =>
  figure(
    id,
    title,
    [],
    html`<div class="rows">${rows.map((row, i) => {
      const label = `${id}-${i + 1}`
      return panel(label, row.title, histogramRow(label, row.panels, axes))
    })}</div>`,
    caption,
  )
