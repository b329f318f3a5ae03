import { type BinaryLike, createHash } from 'node:crypto'
import type { Model, Weights } from '../models/index.ts'
import type { Data, SolverOptions } from '../solver/index.ts'
import { classIndices, formatShape, isBytes, type Labels, type Rows, type Tensors } from '../tensor/index.ts'
import { canonical, type Json, toJson } from './json.ts'

/** What a run is made of, by name, in words and sums: two runs with the same description take the same steps. */
export type Description = Readonly<Record<string, Json>>

/** What `train` is called with. */
export interface Run {
  readonly model: Model
  readonly data: Data
  readonly options?: SolverOptions
}

const sumOf = (...parts: readonly BinaryLike[]): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

const ofRows = (rows: Rows): string => {
  const sum = isBytes(rows) ? sumOf(rows.data, rows.mean, rows.scale) : sumOf(rows.data)
  return `${formatShape(rows.shape)}, sha256 ${sum}`
}

const ofLabels = (labels: Labels): string => {
  const classes = classIndices(labels)
  return `${classes.length} labels, sha256 ${sumOf(classes)}`
}

const ofShapes = (tensors: Tensors): Json =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [name, `${formatShape(shape)} ${data.constructor.name}`]),
  )

/** A function is known by its text alone, so what it closes over is not compared. */
const ofOption = (value: unknown): Json =>
  typeof value === 'function' ? `function, sha256 ${sumOf(Buffer.from(String(value)))}` : toJson(value)

// These change what is printed and when a run is interrupted, not its steps.
const irrelevant = ['signal', 'verbose', 'printEvery']

const ofOptions = (options: object): Description =>
  Object.fromEntries(
    Object.entries(options)
      .filter(([name, value]) => value !== undefined && !irrelevant.includes(name))
      .map(([name, value]) => [name, ofOption(value)]),
  )

const ofModel = (model: Model): Json => ('options' in model ? toJson(model.options) : null)

/** @throws TypeError when an option holds what cannot be written down */
export const describe = ({ model, data, options = {} }: Run, { params, state }: Weights): Description => ({
  ...ofOptions(options),
  model: ofModel(model),
  weights: ofShapes(params),
  statistics: ofShapes(state),
  xTrain: ofRows(data.xTrain),
  yTrain: ofLabels(data.yTrain),
  ...(data.xVal === undefined ? {} : { xVal: ofRows(data.xVal) }),
  ...(data.yVal === undefined ? {} : { yVal: ofLabels(data.yVal) }),
})

export const hashOf = (description: Description): string => sumOf(Buffer.from(canonical(description)))

const MOST = 60 // characters of a value in a message

const shown = (json: Json | undefined): string => {
  const text = json === undefined ? 'not given' : canonical(json)
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text
}

/** What differs between two runs, e.g. `batchSize was 100 and is 50`; empty when they are the same. */
export const differences = (then: Description, now: Description): string[] =>
  [...new Set([...Object.keys(then), ...Object.keys(now)])]
    .filter((name) => shownWhole(then[name]) !== shownWhole(now[name]))
    .map((name) => `${name} was ${shown(then[name])} and is ${shown(now[name])}`)

const shownWhole = (json: Json | undefined): string => (json === undefined ? '' : canonical(json))
