import { type BinaryLike, createHash } from 'node:crypto'
import type { Model, Weights } from '../models/index.ts'
import { type Data, resolvedOptions, type SolverOptions } from '../solver/index.ts'
import {
  canonical,
  classIndices,
  dtypeOf,
  formatShape,
  isBytes,
  type Json,
  type Labels,
  type Rows,
  type Tensors,
  toJson,
} from '../tensor/index.ts'

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

const ofShapes = (kind: string, tensors: Tensors): Description =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, t]) => [`${kind} ${name}`, `${formatShape(t.shape)} ${dtypeOf(t)}`]),
  )

/** A function is known by its text alone, so what it closes over is not compared. */
const ofOption = (value: unknown): Json =>
  typeof value === 'function' ? `function, sha256 ${sumOf(Buffer.from(String(value)))}` : toJson(value)

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Options by name, those in an option as `optimConfig.learningRate`. */
const flat = (prefix: string, options: object): Description =>
  Object.fromEntries(
    Object.entries(options)
      .filter(([, value]) => value !== undefined)
      .flatMap(([name, value]) =>
        isRecord(value) ? Object.entries(flat(`${prefix}${name}.`, value)) : [[prefix + name, ofOption(value)]],
      ),
  )

const ofSolver = (options: SolverOptions): Description => {
  // These change what is printed and when a run is interrupted, not its steps.
  const { signal: _, verbose: _v, printEvery: _p, ...rest } = resolvedOptions(options)
  return flat('', rest)
}

const ofModel = (model: Model): Description =>
  'options' in model && isRecord(model.options) ? flat('model.', model.options) : {}

/** @throws TypeError when an option holds what cannot be written down */
export const describe = ({ model, data, options = {} }: Run, { params, state }: Weights): Description => ({
  ...ofSolver(options),
  ...ofModel(model),
  ...ofShapes('weight', params),
  ...ofShapes('statistic', state),
  xTrain: ofRows(data.xTrain),
  yTrain: ofLabels(data.yTrain),
  ...(data.xVal === undefined ? {} : { xVal: ofRows(data.xVal) }),
  ...(data.yVal === undefined ? {} : { yVal: ofLabels(data.yVal) }),
})

export const hashOf = (description: Description): string => sumOf(Buffer.from(canonical(description)))

const MOST = 60 // characters of a value in a message

const textOf = (description: Description, name: string): string =>
  Object.hasOwn(description, name) ? canonical(description[name] as Json) : 'not given'

const shown = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST)}…` : text)

/** What differs between two runs, e.g. `batchSize was 100 and is 50`; empty when they are the same. */
export const differences = (then: Description, now: Description): string[] =>
  [...new Set([...Object.keys(then), ...Object.keys(now)])].flatMap((name) => {
    const [was, is] = [textOf(then, name), textOf(now, name)]
    return was === is ? [] : [`${name} was ${shown(was)} and is ${shown(is)}`]
  })
