import type { YAXisComponentOption } from 'echarts'
import type { Direction } from '../../sweep/index.ts'
import { logarithmic, vertical } from '../page/axes.ts'
import { counted, short } from '../page/numbers.ts'
import { roundSteps } from './scale.ts'

/** The axis of the trials' values: where one stands on it, and which ones have no room. */
export interface ValueAxis {
  readonly axis: YAXisComponentOption
  readonly isLogarithmic: boolean
  readonly place: (value: number) => number
  /** Whether it is so much worse than most that it stands at the axis's end. */
  readonly isBeyond: (value: number) => boolean
}

/** Positive values whose middle part spans more than this get a logarithmic axis. */
const WIDE = 20

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN

/** The worst value that is not far out: three times the middle half's width beyond it (Tukey 1977). */
const fence = (sorted: readonly number[], direction: Direction): number => {
  const [low, high] = [quantile(sorted, 0.25), quantile(sorted, 0.75)]
  const far = high > low ? 3 * (high - low) : Number.POSITIVE_INFINITY
  return direction === 'maximize' ? low - far : high + far
}

const linear = (low: number, high: number): YAXisComponentOption => {
  // A flat line, too, needs some room.
  const room = high > low ? 0 : Math.max(Math.abs(low), 1e-3) / 10
  const [from, to] = [low - room, high + room]
  const interval = roundSteps(from, to)
  const digits = Math.max(3, Math.ceil(Math.log10(Math.max(Math.abs(from), Math.abs(to)) / interval)) + 1)
  return vertical((value) => short(value, digits), {
    min: Math.floor(from / interval + 1e-9) * interval,
    max: Math.ceil(to / interval - 1e-9) * interval,
    interval,
  })
}

/** The axis on which values can be told apart: those that are far worse than most do not stretch it. */
export const valueAxis = (values: readonly number[], direction: Direction): ValueAxis | undefined => {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  if (sorted.length === 0) return undefined
  const isLogarithmic = (sorted[0] as number) > 0 && quantile(sorted, 0.9) / quantile(sorted, 0.1) > WIDE
  const raw = (value: number): number => (isLogarithmic ? Math.log10(Math.max(value, Number.MIN_VALUE)) : value)
  const limit = fence(sorted.map(raw), direction)
  const isBeyond = (value: number): boolean => (direction === 'maximize' ? raw(value) < limit : raw(value) > limit)
  const inside = sorted.filter((value) => !isBeyond(value))
  const [low, high] = [inside[0] as number, inside.at(-1) as number]
  const [lowest, highest] = [raw(low), raw(high)]
  return {
    axis: isLogarithmic ? logarithmic([inside.map((value) => [0, value] as const)]).axis : linear(low, high),
    isLogarithmic,
    isBeyond,
    place: (value) => Math.min(highest, Math.max(lowest, raw(value))),
  }
}

/** How many values have no room, as a sentence. */
export const beyondText = (axis: ValueAxis, values: readonly number[]): string => {
  const beyond = values.filter(axis.isBeyond).length
  return beyond === 0
    ? ''
    : ` ${counted(beyond, 'value')} far worse than the rest ${beyond === 1 ? 'stands' : 'stand'} at the axis’s end.`
}
