import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { fileName, fromJson, isRecord, type Json, shown, toJson } from '../errors/index.ts'
import { messageOf, quoted } from '../files/index.ts'
import { decodeSafetensors, encodeSafetensors } from '../formats/index.ts'
import type { Weights } from '../models/index.ts'
import type { RuleConfigs, RunState } from '../solver/index.ts'
import { createHash, turn } from '../system/index.ts'
import { allFinite, checkTensors, isTensor, type Tensor, type Tensors, tensor } from '../tensor/index.ts'
import { type Description, hashOf } from './description.ts'
import { CheckpointError } from './errors.ts'

/** A run's state in a file, and what it belongs to. */
export interface Checkpoint {
  /** Where to go on: the fourth argument of `train`. */
  readonly run: RunState
  /** Options, model and data. */
  readonly description: Description
  /** The kernels in use; others may differ in the last bits. */
  readonly backend: string
  /** The version of this library that wrote it. */
  readonly library: string
}

const FORMAT = '2'
const FORMER = '1' // with accuracies in place of scores
const NO_SUM = '0'.repeat(64)
const PIECE = 1 << 22 // bytes

// ---- writing ----

const prefixed = (prefix: string, tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, t]) => [prefix + name, t]))

const history = (values: readonly number[]): Tensor => tensor([values.length], values, 'float64')

const slotsOf = (configs: RuleConfigs): readonly Tensors[] =>
  Object.entries(configs).map(([weight, config]) =>
    Object.fromEntries(
      Object.entries(config).flatMap(([slot, value]) => (isTensor(value) ? [[`slots/${weight}/${slot}`, value]] : [])),
    ),
  )

/** All of them under one roof; names with a slash in them might meet there. */
const disjoint = (...records: readonly Tensors[]): Tensors => {
  const all: Record<string, Tensor> = {}
  for (const [name, t] of records.flatMap((record) => Object.entries(record))) {
    if (Object.hasOwn(all, name))
      throw new CheckpointError(`two tensors would be named ${name}; give weights names without /`)
    all[name] = t
  }
  return all
}

/** Settings and counters of a rule, and the names of its slots. */
const configJson = (weight: string, config: object): Json => {
  const entries = Object.entries(config)
  const others = entries.filter(([, value]) => !isTensor(value) && value !== undefined)
  return {
    values: Object.fromEntries(
      others.map(([name, value]) => {
        try {
          return [name, toJson(value)]
        } catch (reason) {
          throw new CheckpointError(
            `the rule's ${name} of ${weight} cannot be written to a checkpoint: ${messageOf(reason)}; rules keep numbers and tensors`,
          )
        }
      }),
    ),
    slots: entries.filter(([, value]) => isTensor(value)).map(([name]) => name),
  }
}

const stateJson = ({ run, description, backend }: Checkpoint): Json => {
  const { weights, configs, average, best, plateau, stepsPerEpoch } = run
  return {
    weights: Object.keys(weights.params),
    statistics: Object.keys(weights.state),
    configs: Object.fromEntries(Object.entries(configs).map(([name, config]) => [name, configJson(name, config)])),
    best:
      best === undefined ? null : { epoch: best.epoch, step: best.step, valScore: written('valScore', best.valScore) },
    ...(average && { average: true }),
    plateau: written('the plateau', plateau),
    stepsPerEpoch: written('stepsPerEpoch', stepsPerEpoch),
    backend,
    description: written('the description', description),
  }
}

/** The pieces whose sum it is, none of them so long that summing it holds signals up. */
function* piecesOf(bytes: Uint8Array, at: number): Generator<Uint8Array> {
  const zeros = new TextEncoder().encode(NO_SUM)
  for (const [part, from, to] of [
    [bytes, 0, at],
    [zeros, 0, zeros.length],
    [bytes, at + zeros.length, bytes.length],
  ] as const) {
    for (let start = from; start < to; start += PIECE) yield part.subarray(start, Math.min(to, start + PIECE))
  }
}

const sumWithout = (bytes: Uint8Array, at: number): string => {
  const hash = createHash('sha256')
  for (const piece of piecesOf(bytes, at)) hash.update(piece)
  return hash.digest('hex')
}

/** Where a text of ASCII characters begins, or -1: it stands in the header. */
const placeOf = (bytes: Uint8Array, text: string): number => {
  const wanted = new TextEncoder().encode(text)
  const [first = 0] = wanted
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at
  }
  return -1
}

const checkFinite = (tensors: Tensors): void => {
  const bad = Object.keys(tensors).find((name) => !allFinite(tensors[name] as Tensor))
  if (bad !== undefined) throw new CheckpointError(`${bad} holds a NaN or an infinity, so no checkpoint is written`)
}

const histories = ['lossHistory', 'learningRateHistory', 'trainScoreHistory', 'valScoreHistory'] as const

/** Throws a CheckpointError for what is none, before anything of it is read. */
const checkCheckpoint = (checkpoint: Checkpoint): void => {
  const refuse = (what: string, value: unknown): never => {
    throw new CheckpointError(`encodeCheckpoint: ${what}, but got ${shown(value)}; take the run of an event of train`)
  }
  if (!isRecord(checkpoint)) refuse('checkpoint must be { run, description, backend, library }', checkpoint)
  const { run, description, backend, library } = checkpoint
  if (typeof backend !== 'string') refuse('backend must be a text', backend)
  if (typeof library !== 'string') refuse('library must be a text', library)
  if (!isRecord(description)) refuse('description must be values by name', description)
  if (!isRecord(run)) refuse('run must be the state of one', run)
  const { weights, configs, best } = run
  for (const each of best === undefined ? [weights] : [weights, isRecord(best) ? best.weights : best]) {
    if (!isRecord(each)) refuse('weights must have params and state', each)
    const { params, state } = each as RunState['weights']
    checkTensors('encodeCheckpoint', 'params', params)
    checkTensors('encodeCheckpoint', 'state', state)
  }
  if (!isRecord(configs) || !Object.values(configs).every(isRecord)) refuse('configs must be records by name', configs)
  const history = histories.find((name) => !Array.isArray(run[name]))
  if (history !== undefined) refuse(`${history} must be a list of numbers`, run[history])
}

/** What can be written of a value; what cannot is told of. */
const written = (what: string, value: unknown): Json => {
  try {
    return toJson(value)
  } catch (reason) {
    throw new CheckpointError(`encodeCheckpoint: ${what} cannot be written to a checkpoint: ${messageOf(reason)}`)
  }
}

/** A checkpoint's bytes without the sum, which takes most of the time. */
export const layOut = (checkpoint: Checkpoint): Uint8Array => {
  checkCheckpoint(checkpoint)
  const { run, description, library } = checkpoint
  const { params, state } = run.weights
  const slots = slotsOf(run.configs)
  const averages = run.average
    ? [prefixed('average/weights/', run.average.params), prefixed('average/statistics/', run.average.state)]
    : []
  checkFinite(disjoint(prefixed('weights/', params), prefixed('statistics/', state), ...averages, ...slots))
  const best = run.best?.weights ?? { params: {}, state: {} }
  return encodeSafetensors(
    disjoint(
      {
        'history/loss': history(run.lossHistory),
        'history/learningRate': history(run.learningRateHistory),
        'history/trainScore': history(run.trainScoreHistory),
        'history/valScore': history(run.valScoreHistory),
      },
      prefixed('weights/', params),
      prefixed('statistics/', state),
      ...averages,
      ...slots,
      prefixed('best/weights/', best.params),
      prefixed('best/statistics/', best.state),
    ),
    {
      checkpoint: FORMAT,
      sha256: NO_SUM,
      library: `cachegrad ${library}`,
      hash: hashOf(description),
      state: JSON.stringify(stateJson(checkpoint)),
    },
  )
}

/** Writes the sum into laid out bytes, and lets the event loop turn on the way. */
export const seal = async (bytes: Uint8Array): Promise<void> => {
  const at = placeOf(bytes, NO_SUM)
  const hash = createHash('sha256')
  for (const piece of piecesOf(bytes, at)) {
    hash.update(piece)
    await turn()
  }
  bytes.set(new TextEncoder().encode(hash.digest('hex')), at)
}

/**
 * A checkpoint as a safetensors file, which also Python can look into: weights/…, statistics/…, average/…, slots/…, best/…, history/…
 *
 * Everything else is in its metadata as JSON, with the sha256 of the whole file, in which the sum's own digits count as zeros.
 *
 * @throws  CheckpointError when a rule keeps what is neither a tensor nor plain data
 * @example const model = orThrow(twoLayerNet({ inputDim: 2 }))
 *          const [, first] = Array.from(orThrow(train(model, { xTrain: ones([1, 2]), yTrain: [3] })), (e) => ('run' in e ? snapshotRun(e.run) : undefined))
 *          encodeCheckpoint({ run: first!, description: {}, backend: 'js', library: '0.1.0' }).length > 2000   // true
 */
export const encodeCheckpoint = (checkpoint: Checkpoint): Uint8Array => {
  const bytes = layOut(checkpoint)
  const at = placeOf(bytes, NO_SUM)
  bytes.set(new TextEncoder().encode(sumWithout(bytes, at)), at)
  return bytes
}

// ---- reading ----

const descriptionFrom = (json: Json | undefined): Description => {
  if (!isRecord(json)) throw new Error('there is no description')
  return json as Description
}

const SHOWN = 20 // characters of what a file says of itself

/** Reads what `stateJson` wrote, without trust: `train` checks whether it is a state of its run. Throws where it is not that, which only a file made by hand can cause, since sums are checked. */
const runFrom = (state: Record<string, unknown>, tensors: Tensors): RunState => {
  const named = (prefix: string, names: unknown): Tensors =>
    Object.fromEntries((names as string[]).map((name) => [name, find(prefix + name)]))
  const find = (name: string): Tensor => {
    const found = tensors[name]
    if (found === undefined) throw new Error(`there is no tensor ${name}`)
    return found
  }
  const numbers = (name: string): number[] => Array.from(find(name).data)
  const configs = Object.entries(state.configs as Record<string, { values: object; slots: string[] }>)
  const { plateau } = state
  const best = state.best as { epoch: number; step: number; valScore: number } | null
  /** Weights and statistics that are kept under a prefix. */
  const weightsAt = (prefix: string): Weights => ({
    params: named(`${prefix}weights/`, state.weights),
    state: named(`${prefix}statistics/`, state.statistics),
  })
  return {
    weights: weightsAt(''),
    ...(state.average === true && { average: weightsAt('average/') }),
    configs: Object.fromEntries(
      configs.map(([weight, { values, slots }]) => [weight, { ...values, ...named(`slots/${weight}/`, slots) }]),
    ) as unknown as RuleConfigs,
    best:
      best === null
        ? undefined
        : {
            epoch: best.epoch,
            step: best.step,
            valScore: best.valScore,
            weights: weightsAt('best/'),
          },
    plateau: plateau as RunState['plateau'],
    stepsPerEpoch: state.stepsPerEpoch as number,
    lossHistory: numbers('history/loss'),
    learningRateHistory: numbers('history/learningRate'),
    trainScoreHistory: numbers('history/trainScore'),
    valScoreHistory: numbers('history/valScore'),
  }
}

/** What the former format called accuracies. */
const renewed = (
  state: Record<string, unknown>,
  { 'history/trainAcc': trainAcc, 'history/valAcc': valAcc, ...rest }: Tensors,
): readonly [state: Record<string, unknown>, tensors: Tensors] => {
  const best = state.best as { epoch: number; step: number; valAcc: number } | null
  return [
    { ...state, best: best && { epoch: best.epoch, step: best.step, valScore: best.valAcc } },
    { ...rest, ...(trainAcc && { 'history/trainScore': trainAcc }), ...(valAcc && { 'history/valScore': valAcc }) },
  ]
}

/**
 * The checkpoint in a file's bytes
 *
 * @param name   of the file, for messages
 * @param bytes  the whole file
 * @returns      left(CheckpointError) when it is no checkpoint, damaged anywhere, or of another version of the format
 * @example      E.isLeft(decodeCheckpoint('a.safetensors', encodeSafetensors({})))   // true
 */
export const decodeCheckpoint = (name: string, bytes: Uint8Array): E.Either<CheckpointError, Checkpoint> =>
  pipe(
    decodeSafetensors(name, bytes),
    E.mapLeft((error) => new CheckpointError(error.message, { cause: error })),
    E.chain(({ tensors, metadata }) => {
      const { checkpoint: format, sha256 = '', library = '', state = '' } = metadata
      const refuse = (why: string) => E.left(new CheckpointError(`${fileName(name)}: ${why}`))
      if (format === undefined) return refuse('this is a safetensors file, but no checkpoint of cachegrad')
      if (format !== FORMAT && format !== FORMER) {
        return refuse(
          `its format is ${quoted(format)}, but this version reads ${FORMER} and ${FORMAT}; use the version that wrote it`,
        )
      }
      if (sha256.length !== NO_SUM.length || sumWithout(bytes, placeOf(bytes, sha256)) !== sha256) {
        return refuse('it is damaged: its sha256 is not the one that was written')
      }
      return E.tryCatch(
        () => {
          const json = JSON.parse(state) as Record<string, Json>
          // Refuses what is too deep, also in the description.
          const read = fromJson(json) as Record<string, unknown>
          return {
            run: format === FORMER ? runFrom(...renewed(read, tensors)) : runFrom(read, tensors),
            description: descriptionFrom(json.description),
            backend: String(read.backend),
            library: library.replace('cachegrad ', '').slice(0, SHOWN),
          }
        },
        (reason) =>
          new CheckpointError(`${fileName(name)}: it is no whole checkpoint: ${messageOf(reason)}`, { cause: reason }),
      )
    }),
  )
