import type { XAXisComponentOption, YAXisComponentOption } from 'echarts'
import { muted, rule, small } from './chart.ts'
import type { Point } from './curves.ts'
import { count, decade, short } from './numbers.ts'

export const grid = {
  left: 8,
  right: 16,
  top: 12,
  bottom: 8,
  outerBoundsMode: 'same',
  outerBoundsContain: 'axisLabel',
} as const

const quiet = {
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: small,
  splitLine: { lineStyle: { color: rule, width: 1 } },
} as const

/** About six whole multiples of 1, 2 or 5 times a power of ten, up to the last. */
const wholeTicks = (last: number): number[] => {
  const rough = Math.max(1, last / 6)
  const power = 10 ** Math.floor(Math.log10(rough))
  const every = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? power
  return Array.from({ length: Math.floor(last / every) + 1 }, (_, i) => i * every)
}

type ValueAxis = Extract<XAXisComponentOption, { readonly type?: 'value' }>

/** A line below the drawing with numbers at it. */
export const bottom = (
  min: number,
  max: number,
  format: (value: number) => string,
  labels: ValueAxis['axisLabel'] = {},
): ValueAxis => ({
  type: 'value',
  min,
  max,
  axisLine: { show: true, onZero: false, lineStyle: { color: muted, width: 1 } },
  axisTick: { show: false },
  axisLabel: { ...small, ...labels, formatter: format },
  splitLine: { show: false },
})

/** Steps or epochs, from 0 to the last. */
export const horizontal = (last: number): XAXisComponentOption => {
  const customValues = wholeTicks(last)
  return {
    ...bottom(0, last, (value) => count(value), { customValues }),
    axisTick: { show: true, customValues, length: 4, lineStyle: { color: muted } },
  }
}

export const vertical = (
  format: (value: number) => string = (value) => short(value),
  range: { readonly min?: number; readonly max?: number; readonly interval?: number } = {},
): YAXisComponentOption => ({
  type: 'value',
  scale: true,
  ...quiet,
  ...range,
  splitNumber: 4,
  axisLabel: { ...small, formatter: format },
})

/** A vertical axis of powers of ten, and how values are placed on it. */
export interface LogAxis {
  readonly axis: YAXisComponentOption
  readonly place: (points: readonly Point[]) => readonly Point[]
}

const ticksBetween = (low: number, high: number): number[] => {
  // Up to two decades get 1, 2, 5; more get powers of ten, and very many not all of them.
  const mantissas = high - low <= 2.2 ? [1, 2, 5] : [1]
  const every = Math.max(1, Math.ceil((high - low) / 6))
  const ticks: number[] = []
  for (let power = Math.floor(low); power <= Math.ceil(high); power++) {
    if (power % every === 0) for (const mantissa of mantissas) ticks.push(power + Math.log10(mantissa))
  }
  return ticks.filter((tick) => tick >= low && tick <= high)
}

/**
 * echarts' own log axis ends at whole decades, which leaves curves little room.
 *
 * @param outside  share of the lowest points that may lie below the axis where they would take more than a decade of it,
 *                 e.g. where a schedule ends at 0
 */
export const logarithmic = (curves: readonly (readonly Point[])[], outside = 0): LogAxis => {
  const place = (points: readonly Point[]): readonly Point[] =>
    points.filter(([, y]) => y > 0 && Number.isFinite(y)).map(([x, y]) => [x, Math.log10(y)])
  const logs = curves.flatMap((points) => place(points).map(([, y]) => y)).sort((a, b) => a - b)
  const [least = 0, tail = 0] = [logs[0], logs[Math.floor(outside * logs.length)]]
  const lowest = tail - least > 1 ? tail : least
  const highest = logs.at(-1) ?? 0
  const room = Math.max(0.12, 0.04 * (highest - lowest))
  const [low, high] = [lowest - room, highest + room]
  const customValues = ticksBetween(low, high)
  return {
    place,
    axis: {
      type: 'value',
      min: low,
      max: high,
      ...quiet,
      axisTick: { show: false, customValues },
      axisLabel: { ...small, customValues, formatter: (value: number) => decade(10 ** value) },
    },
  }
}
