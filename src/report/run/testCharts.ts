import type { CustomSeriesOption } from 'echarts'
import { grid } from '../page/axes.ts'
import { accent, draw, ink, rule, type Size, small } from '../page/chart.ts'
import { percent, short } from '../page/numbers.ts'
import type { ClassesTest } from './record.ts'

/** With more classes than this, cells and bars are too small for numbers. */
const READABLE = 24

const shortened = (name: string): string => {
  const line = name.replace(/\s+/g, ' ')
  return line.length > 12 ? `${line.slice(0, 11)}…` : line
}

const classAxis = ({ classNames }: Pick<ClassesTest, 'classNames'>) =>
  ({
    type: 'category',
    data: classNames.map(shortened),
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { ...small, interval: classNames.length > READABLE ? 'auto' : 0 },
  }) as const

/** Cells of true class × predicted class: right ones in one colour, mistakes in another, each with its count. */
export const confusionChart = (test: ClassesTest, size: Size): string => {
  const { confusion } = test
  const cells = confusion.flatMap((row, truth) => row.map((count, predicted) => [predicted, truth, count] as const))
  const totals = confusion.map((row) => row.reduce((a, b) => a + b, 0))
  const most = cells.reduce((highest, [x, y, count]) => (x === y ? highest : Math.max(highest, count)), 1)
  const isReadable = confusion.length <= READABLE
  const fontSize = confusion.length > 14 ? 9 : 12
  const cell: CustomSeriesOption['renderItem'] = (_params, api) => {
    const [predicted, truth, count] = [Number(api.value(0)), Number(api.value(1)), Number(api.value(2))]
    // Of very many cells only those with something in them.
    if (count === 0 && !isReadable) return null
    const [x = 0, y = 0] = api.coord([predicted, truth])
    const [width = 0, height = 0] = (api.size?.([1, 1]) ?? []) as number[]
    const isRight = predicted === truth
    const strength = isRight ? count / Math.max(1, totals[truth] ?? 1) : Math.sqrt(count / most)
    const gap = Math.min(2, width / 8)
    const shape = {
      x: x - width / 2 + gap / 2,
      y: y - height / 2 + gap / 2,
      width: width - gap,
      height: height - gap,
      r: isReadable ? 3 : 0,
    }
    const box = {
      type: 'rect' as const,
      shape,
      style:
        count === 0
          ? { fill: rule, opacity: 0.35 }
          : { fill: isRight ? accent : 'var(--wrong)', opacity: Number((0.12 + 0.78 * strength).toFixed(3)) },
    }
    if (!isReadable || count === 0) return box
    const text = {
      type: 'text' as const,
      style: {
        x,
        y,
        text: String(count),
        align: 'center' as const,
        verticalAlign: 'middle' as const,
        fontSize,
        fontFamily: 'inherit',
        fill: strength > 0.55 ? 'var(--on-strong)' : ink,
      },
    }
    return { type: 'group' as const, children: [box, text] }
  }
  const columns = classAxis(test)
  const longest = Math.max(...columns.data.map((name) => name.length))
  const isLong = 7 * longest > (size.width - 60) / confusion.length
  return draw(
    {
      grid: { ...grid, left: 28, right: isLong ? 28 : 8, top: 28, bottom: 4 },
      xAxis: {
        ...columns,
        // Long names stand aslant, so that all of them have room.
        axisLabel: { ...columns.axisLabel, rotate: isLong ? -45 : 0 },
        position: 'top',
        name: 'predicted',
        nameLocation: 'middle',
        nameGap: isLong ? 6 * longest + 8 : 26,
        nameTextStyle: small,
      },
      yAxis: {
        ...classAxis(test),
        inverse: true,
        name: 'true class',
        nameLocation: 'middle',
        nameGap: 10,
        nameTextStyle: small,
      },
      series: [{ type: 'custom', silent: true, renderItem: cell, data: cells.map((c) => [...c]) }],
    },
    size,
    'confusion',
  )
}

/** A share of 1 of each class, and of all together. */
export interface Shares {
  readonly classNames: readonly string[]
  readonly perClass: readonly number[]
  readonly all: number
}

/** One bar a class, from 0 to 1. */
export const perClassChart = (test: Shares, size: Size): string => {
  const { perClass, all } = test
  const isReadable = perClass.length <= READABLE
  return draw(
    {
      grid: { ...grid, top: 8 },
      xAxis: {
        type: 'value',
        min: 0,
        max: 1,
        axisLabel: { ...small, formatter: (value: number) => short(100 * value) },
        splitLine: { lineStyle: { color: rule } },
      },
      yAxis: { ...classAxis(test), inverse: true },
      series: [
        {
          type: 'bar',
          silent: true,
          data: perClass.map((share) =>
            // In the bar where it has room.
            share > 0.2
              ? { value: share, label: { position: 'insideLeft', color: 'var(--on-strong)' } }
              : { value: Number.isFinite(share) ? share : 0, label: { position: 'right', color: ink } },
          ),
          barWidth: '56%',
          itemStyle: { color: accent, borderRadius: [0, 3, 3, 0] },
          label: {
            show: isReadable,
            ...small,
            formatter: ({ dataIndex }) => percent(perClass[dataIndex] as number).replace(' %', ''),
          },
          markLine: {
            silent: true,
            symbol: 'none',
            label: { show: false },
            lineStyle: { color: ink, width: 1, type: [4, 3] },
            data: [{ xAxis: all }],
          },
        },
      ],
    },
    size,
    'per-class',
  )
}
