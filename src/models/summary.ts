import { ArgumentError } from '../errors/index.ts'
import { type Net, type Outline, outlineParts, type Shapes } from '../layers/index.ts'
import { type Dtype, formatShape, type Shape, sizeOf } from '../tensor/index.ts'
import { checkModel } from './checkModel.ts'
import type { Classifier } from './classifier.ts'

/** A part of a net: what leaves it, and what it costs. */
export interface SummaryRow {
  /** Type and running number, e.g. affine1 or residual2.affine1. */
  readonly name: string
  /** Of one example. */
  readonly outShape: Shape
  /** Numbers of its own that are trained; weights shared with a row before count there. */
  readonly parameters: number
  /** Multiplications an example in evaluation. */
  readonly multiplications: number
}

/** What a net is made of, and its totals. */
export interface Summary {
  /** The net's parts, from the input to the output. */
  readonly rows: readonly SummaryRow[]
  /** Of one example. */
  readonly inShape: Shape
  /** Numbers that are trained. */
  readonly parameters: number
  /** Numbers of the running statistics. */
  readonly statistics: number
  /** Multiplications an example in evaluation. */
  readonly multiplications: number
  /** Of weights and statistics. */
  readonly bytes: number
  /** A table for people. */
  readonly text: string
}

const sizeOfAll = (shapes: Shapes): number => Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0)

const rowsOf = (net: Net, inShape: Shape): readonly SummaryRow[] => {
  const rows: SummaryRow[] = []
  const counted = new Set<string>()
  /** What of an outline no row has yet: of a combination, what its parts have is theirs. */
  const rowOf = (name: string, { outShape, params, multiplications }: Outline, inside: number): SummaryRow => {
    const own = Object.entries(params).filter(([weight]) => !counted.has(weight))
    for (const [weight] of own) counted.add(weight)
    return { name, outShape, parameters: sizeOfAll(Object.fromEntries(own)), multiplications: multiplications - inside }
  }
  outlineParts(net, inShape, (name, outlineOfPart) => {
    const first = rows.length
    const outline = outlineOfPart()
    const inside = rows.slice(first).reduce((sum, { multiplications }) => sum + multiplications, 0)
    rows.push(rowOf(name, outline, inside))
    return outline
  })
  return rows
}

const count = (n: number): string => n.toLocaleString('en')

const tableOf = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] as string).length)))
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i < 2 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const bytesOf = (dtype: Dtype): number => (dtype === 'float32' ? 4 : 8)

/** 1.2 MB, and smaller sizes in the unit that fits. */
const size = (bytes: number): string =>
  bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`

/**
 * The parts of a model, a row each: name, shape, parameters, multiplications; and the totals
 *
 * @param model  from `classifier`, `fullyConnectedNet` or `twoLayerNet`
 * @returns      rows as data, and `text` for a terminal
 * @throws       ArgumentError for what is no model, or a model that does not show its net
 * @example      summary(orThrow(twoLayerNet({ inputDim: 4, hiddenDim: 3, numClasses: 2 }))).parameters   // 23
 * @see          https://keras.io/api/models/model/#summary-method
 */
export const summary = <Y>(model: Classifier<Y>): Summary => {
  checkModel('summary', model)
  const { net, inShape, outline, dtype } = model
  if (net === undefined || outline === undefined) {
    throw new ArgumentError('summary: the model has no net; make it with classifier(net, { inShape })')
  }
  const rows = rowsOf(net, inShape)
  const parameters = sizeOfAll(outline.params)
  const statistics = sizeOfAll(outline.state)
  const bytes = bytesOf(dtype) * (parameters + statistics)
  const table = tableOf([
    ['layer', 'output', 'parameters', 'multiplications'],
    ['input', formatShape(inShape), '', ''],
    ...rows.map((row) => [row.name, formatShape(row.outShape), count(row.parameters), count(row.multiplications)]),
    ['total', '', count(parameters), count(outline.multiplications)],
  ])
  const more = statistics === 0 ? '' : ` and ${count(statistics)} running statistics`
  return {
    rows,
    inShape,
    parameters,
    statistics,
    multiplications: outline.multiplications,
    bytes,
    text: `${table}\n${count(parameters)} parameters${more}, ${size(bytes)} as ${dtype}`,
  }
}
