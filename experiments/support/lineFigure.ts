import type { LineSeriesOption, XAXisComponentOption } from 'echarts'
import {
  bottom,
  chartFigure,
  draw,
  figure,
  grid,
  type Html,
  horizontal,
  html,
  type Key,
  logarithmic,
  type Point,
  panel,
  type Size,
  series,
  short,
  thin,
  vertical,
} from '../../src/report/page/drawing.ts'

export interface Curve {
  readonly name: string
  readonly points: readonly Point[]
  /** Which of the page's colours; its place among the curves unless given. */
  readonly color?: number
  /** Pale, where two curves share a colour. */
  readonly isPale?: boolean
}

export interface Scales {
  readonly x?: 'steps' | 'log'
  /** 'share' is from 0 to 100 %. */
  readonly y: 'log' | 'share'
}

const WIDE: Size = { width: 1016, height: 340 }
const THIRD: Size = { width: 320, height: 190 }
const QUARTER: Size = { width: 233, height: 150 }

const PALE = 0.45

const shares = vertical((share) => `${Math.round(100 * share)} %`, { min: 0, max: 1, interval: 0.25 })

const colorOf = ({ color }: Curve, i: number): string => series(color ?? i)

const powersOfTen = (points: readonly Point[]): XAXisComponentOption => {
  const exponents = points.map(([x]) => x)
  const label = (exponent: number): string => short(10 ** exponent, 2)
  return { ...bottom(Math.min(...exponents), Math.max(...exponents), label), interval: 1 }
}

/** Several curves in one drawing. */
const lineChart = (id: string, curves: readonly Curve[], { x = 'steps', y }: Scales, size: Size): string => {
  const placed = curves.map(({ points }) =>
    thin(x === 'log' ? points.map(([at, value]): Point => [Math.log10(at), value]) : points, 400),
  )
  const all = placed.flat()
  const log = logarithmic(placed)
  const line = (points: readonly Point[], i: number): LineSeriesOption => {
    const curve = curves[i] as Curve
    const [color, opacity] = [colorOf(curve, i), curve.isPale ? PALE : 1]
    return {
      type: 'line',
      silent: true,
      symbol: 'circle',
      symbolSize: 5,
      showSymbol: points.length <= 20 && size === WIDE,
      showAllSymbol: true,
      data: (y === 'log' ? log.place(points) : points).map(([at, value]) => [at, value]),
      color,
      itemStyle: { color, opacity, borderWidth: 0 },
      lineStyle: { width: 2, color, opacity, cap: 'round', join: 'round' },
    }
  }
  return draw(
    {
      grid,
      xAxis: x === 'log' ? powersOfTen(all) : horizontal(Math.max(1, ...all.map(([at]) => at))),
      yAxis: y === 'log' ? log.axis : shares,
      series: placed.map(line),
    },
    size,
    id,
  )
}

const keysOf = (curves: readonly Curve[]): Key[] =>
  curves.map((curve, i) => ({ text: curve.name, color: colorOf(curve, i), opacity: curve.isPale ? PALE : 1 }))

/** The same with its title, what the colours stand for, and what one sees. */
export const lineFigure = (
  id: string,
  title: string,
  curves: readonly Curve[],
  scales: Scales,
  caption: string,
  size = WIDE,
): Html => chartFigure(id, title, keysOf(curves), lineChart(id, curves, scales, size), caption)

/** Small drawings beside each other, each with curves of the same names. */
export const lineGridFigure = (
  id: string,
  title: string,
  panels: readonly { readonly title: string; readonly curves: readonly Curve[] }[],
  scales: Scales,
  caption: string,
): Html =>
  figure(
    id,
    title,
    keysOf(panels[0]?.curves ?? []),
    html`<div class="panels">${panels.map((one, i) => {
      const label = `${id}-${i + 1}`
      return panel(label, one.title, lineChart(label, one.curves, scales, panels.length > 3 ? QUARTER : THIRD))
    })}</div>`,
    caption,
  )
