import { bottom, grid } from '../page/axes.ts'
import { accent, draw, ink, type Size } from '../page/chart.ts'
import { short } from '../page/numbers.ts'
import type { Distribution } from './histogram.ts'

/** Where values lay at the start (outline) and at the end (filled); each drawn to the same height. */
export const distributionChart = (label: string, { low, high, start, end }: Distribution, size: Size): string => {
  const width = (high - low) / Math.max(1, end.length)
  const heights = (counts: readonly number[]): [number, number][] => {
    const most = Math.max(1, ...counts)
    return counts.map((count, i) => [low + (i + 0.5) * width, count / most])
  }
  const base = { type: 'line', silent: true, step: 'middle', showSymbol: false } as const
  return draw(
    {
      grid,
      xAxis: {
        ...bottom(low, high, (value) => short(value, 2), {
          showMinLabel: false,
          showMaxLabel: false,
          hideOverlap: true,
        }),
        splitNumber: 3,
      },
      yAxis: { type: 'value', min: 0, max: 1.02, show: false },
      series: [
        {
          ...base,
          data: heights(end),
          color: accent,
          lineStyle: { width: 0 },
          areaStyle: { color: accent, opacity: 0.55 },
        },
        { ...base, data: heights(start), color: ink, lineStyle: { width: 1, color: ink, opacity: 0.75 } },
      ],
    },
    size,
    label,
  )
}
