import { canonical, isRecord, type Json, orThrow, toJson } from '../errors/index.ts'
import { type Model, specOf } from '../models/index.ts'
import { type Data, resolvedOptions, type SolverOptions } from '../solver/index.ts'
import { type BinaryLike, createHash } from '../system/index.ts'
import { formatShape, isBytes, isTensor, type Rows, rowCount, type Shape } from '../tensor/index.ts'

/** What a run is made of, by name, in words and sums: two runs with the same description take the same steps. */
export type Description = Readonly<Record<string, Json>>

/** What `train` is called with. */
export interface Run<Y = unknown> {
  /** What is trained. */
  readonly model: Model<Y>
  /** What it is trained on. */
  readonly data: Data<NoInfer<Y>>
  /** The solver's. */
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

/** Checked targets are an array or a tensor. */
const ofTargets = (targets: unknown): string => {
  const { data, shape } = (isTensor(targets) ? targets : { data: targets, shape: undefined }) as {
    readonly data: Int32Array
    readonly shape?: Shape
  }
  return `${shape === undefined ? `${data.length} labels` : formatShape(shape)}, sha256 ${sumOf(data)}`
}

/** A function is known by its name and its text; what it closes over is not compared. */
const ofOption = (value: unknown): Json =>
  typeof value === 'function'
    ? `function ${value.name || 'without a name'}, sha256 ${sumOf(String(value))}`
    : toJson(value)

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.some(isRecord)

/** Options by name, those in an option as `optimConfig.learningRate` or `model.net.layers[2].keepProb`. */
const flat = (name: string, value: unknown): Description => {
  const inside = (entries: readonly (readonly [name: string, value: unknown])[]): Description =>
    Object.assign({}, ...entries.filter(([, each]) => each !== undefined).map(([each, own]) => flat(each, own)))
  if (isRecord(value))
    return inside(Object.entries(value).map(([each, own]) => [name === '' ? each : `${name}.${each}`, own]))
  return isList(value) ? inside(value.map((own, i) => [`${name}[${i}]`, own])) : { [name]: ofOption(value) }
}

const ofSolver = (options: SolverOptions): Description => {
  // These change what is printed and when a run is interrupted, not its steps.
  const { signal: _, verbose: _v, printEvery: _p, ...rest } = resolvedOptions(options)
  return flat('', rest)
}

/** @throws an OptionError for a model that does not say what it is, a TypeError for an option that cannot be written down */
export const describe = <Y>({ model, data, options = {} }: Run<Y>, sumData = true): Description => {
  const { xTrain, yTrain, xVal, yVal } = data
  const targets = (name: string, y: Y, x: Rows): string =>
    ofTargets(orThrow(model.task.check(name, y, rowCount(x), model.outShape)))
  return {
    ...ofSolver(options),
    ...flat('model', orThrow(specOf(model, 'openCheckpoints'))),
    ...(sumData && { xTrain: ofRows(xTrain), yTrain: targets('yTrain', yTrain, xTrain) }),
    ...(sumData &&
      xVal !== undefined &&
      yVal !== undefined && { xVal: ofRows(xVal), yVal: targets('yVal', yVal, xVal) }),
  }
}

export const hashOf = (description: Description): string => sumOf(canonical(description))

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
