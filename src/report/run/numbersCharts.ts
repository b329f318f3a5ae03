import { bottom, grid, vertical } from '../page/axes.ts'
import { accent, draw, ink, rule, type Size } from '../page/chart.ts'
import type { Point } from '../page/curves.ts'
import { short } from '../page/numbers.ts'
import type { Distribution } from './histogram.ts'

/** Whole multiples of 1, 2 or 5 times a power of ten around all values, at most about eight of them. */
const range = (
  values: readonly number[],
): { readonly min: number; readonly max: number; readonly interval: number } => {
  const [low, high] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity] as [
    number,
    number,
  ])
  const rough = (high - low || Math.abs(high) || 1) / 8
  const power = 10 ** Math.floor(Math.log10(rough))
  const interval = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? power
  return { min: interval * Math.floor(low / interval), max: interval * Math.ceil(high / interval), interval }
}

/** A dot an example: what is true across, what was predicted up, and the line where both are the same. */
export const predictedChart = (label: string, points: readonly Point[], size: Size): string => {
  const { min, max, interval } = range(points.flat())
  return draw(
    {
      grid,
      xAxis: {
        ...bottom(min, max, (value) => short(value)),
        interval,
        splitLine: { show: true, lineStyle: { color: rule } },
      },
      yAxis: vertical(undefined, { min, max, interval }),
      series: [
        {
          type: 'line',
          silent: true,
          showSymbol: false,
          data: [
            [min, min],
            [max, max],
          ],
          lineStyle: { color: ink, width: 1, type: [4, 3] },
        },
        {
          type: 'scatter',
          silent: true,
          data: points.map(([x, y]) => [x, y]),
          symbolSize: 5,
          itemStyle: { color: accent, opacity: 0.5, borderWidth: 0 },
        },
      ],
    },
    size,
    label,
  )
}

/** How often each error occurs, and where there is none. */
export const residualChart = (label: string, { low, high, end }: Distribution, size: Size): string => {
  const width = (high - low) / Math.max(1, end.length)
  return draw(
    {
      grid,
      xAxis: {
        ...bottom(Math.min(low, 0), Math.max(high, 0), (value) => short(value, 2), {
          showMinLabel: false,
          showMaxLabel: false,
          hideOverlap: true,
        }),
        splitNumber: 5,
      },
      yAxis: vertical(undefined, { min: 0 }),
      series: [
        {
          type: 'line',
          silent: true,
          step: 'middle',
          showSymbol: false,
          data: end.map((count, i) => [low + (i + 0.5) * width, count]),
          color: accent,
          lineStyle: { width: 0 },
          areaStyle: { color: accent, opacity: 0.55 },
          markLine: {
            silent: true,
            symbol: 'none',
            label: { show: false },
            lineStyle: { color: ink, width: 1, type: [4, 3] },
            data: [{ xAxis: 0 }],
          },
        },
      ],
    },
    size,
    label,
  )
}
