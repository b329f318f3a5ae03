import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { checkOptions, isFunction, naturalNumber, oneOf, positiveInteger, type Requirement } from '../tensor/index.ts'
import { SweepError } from './errors.ts'
import type { Objective, RunningTrial } from './objective.ts'
import type { Pruner } from './pruner.ts'
import { none } from './pruners/none.ts'
import type { Sampler } from './sampler.ts'
import { checkSpace, type ParamsOf, type Space } from './space/index.ts'
import type { Direction } from './trial.ts'

/** Samplers and pruners come with what is wrong with their options, if anything is. */
type Checked<A> = A | E.Either<Error, A>

/** What is searched, where and how. */
export interface SweepOptions<S extends Space, D> {
  /** The parameters by name. */
  readonly space: S
  /** Runs one trial, e.g. trains a net and returns its validation accuracy. */
  readonly objective: Objective<ParamsOf<S>, D>
  readonly direction: Direction
  /** Proposes parameters, e.g. `tpe()`. */
  readonly sampler: Checked<Sampler>
  /** Ends trials that will not be among the best, e.g. `asha()`; none unless given. */
  readonly pruner?: Checked<Pruner>
  /** How many, an integer ≥ 1. */
  readonly trials: number
  /** All parameters and all trials' seeds come from it: an integer ≥ 0, 0 unless given. */
  readonly seed?: number
  /**
   * How often each trial runs, each time with another seed; its value is the mean. The first run may be pruned, and its reports are the
   * trial's. An integer ≥ 1, 1 unless given.
   */
  readonly repeats?: number
  /**
   * Loads what all trials read. It is called once, in the thread that runs the sweep: typed arrays reach the workers without a copy, so
   * objectives must not write to them.
   */
  readonly data?: () => D | Promise<D>
}

/** A checked sweep. */
export interface Study {
  readonly _tag: 'Study'
  readonly space: Space
  readonly direction: Direction
  readonly sampler: Sampler
  readonly pruner: Pruner
  readonly trials: number
  readonly seed: number
  readonly repeats: number
  /** Methods, so that a study of any space and any data is a `Study`. */
  objective(trial: RunningTrial<never>, data: unknown): number | Promise<number>
  data(): unknown
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Something that is right, or says what is wrong; or that has these methods itself. */
const having = (expected: string, ...methods: readonly string[]): Requirement => ({
  expected,
  holds: (value) => isRecord(value) && ('_tag' in value || methods.every((name) => typeof value[name] === 'function')),
})

const requirements: { readonly [K in keyof SweepOptions<Space, unknown>]-?: Requirement } = {
  space: { expected: 'parameters by name', holds: isRecord },
  objective: isFunction,
  direction: oneOf(['maximize', 'minimize']),
  sampler: having('a sampler, e.g. tpe()', 'suggest', 'sees', 'size'),
  pruner: having('a pruner, e.g. asha()', 'prune', 'sees'),
  trials: positiveInteger,
  seed: naturalNumber,
  repeats: positiveInteger,
  data: isFunction,
}

const needed = ['space', 'objective', 'direction', 'sampler', 'trials'] as const

const checkPresent = <S extends Space, D>(options: SweepOptions<S, D>): E.Either<SweepError, SweepOptions<S, D>> => {
  const absent = needed.find((name) => options[name] === undefined)
  return absent === undefined
    ? E.right(options)
    : E.left(new SweepError(`sweep: ${absent} is missing; give ${requirements[absent].expected}`))
}

const isEither = <A>(value: Checked<A>): value is E.Either<Error, A> => isRecord(value) && '_tag' in value

const unwrapped = <A>(value: Checked<A>): E.Either<SweepError, A> =>
  isEither(value) ? pipe(value, E.mapLeft(asSweepError)) : E.right(value)

const asSweepError = (error: Error): SweepError =>
  error instanceof SweepError ? error : new SweepError(error.message, { cause: error })

/**
 * A study: what is searched, checked, so that `runSweep` can run it
 *
 * Trial n's parameters and seed are a pure function of the study's seed, of n, of the parameters before it (none is drawn twice) and of
 * the results that the sampler is defined to see, so any number of workers gives the same table.
 *
 * @param options  see `SweepOptions`
 * @returns        left(SweepError) for a bad space, which names the parameter, and for a wrong option
 * @example        const objective = ({ params }: { params: { x: number } }) => params.x ** 2
 *                 E.isRight(sweep({ space: { x: uniform(-1, 1) }, objective, direction: 'minimize', sampler: random(), trials: 9 }))   // true
 */
export const sweep = <const S extends Space, D = undefined>(options: SweepOptions<S, D>): E.Either<SweepError, Study> =>
  pipe(
    checkOptions('sweep', options, requirements),
    E.mapLeft(asSweepError),
    E.chain(checkPresent),
    E.bindTo('checked'),
    E.bind('space', ({ checked }) => checkSpace(checked.space)),
    E.bind('sampler', ({ checked }) => unwrapped(checked.sampler)),
    E.bind('pruner', ({ checked }) => unwrapped<Pruner>(checked.pruner ?? none())),
    E.map(({ checked: { objective, data, direction, trials, seed = 0, repeats = 1 }, space, sampler, pruner }) => ({
      _tag: 'Study',
      ...{ space, direction, sampler, pruner, trials, seed, repeats, objective },
      data: () => data?.(),
    })),
  )
