import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  functionOf,
  type Given,
  naturalNumber,
  positiveInteger,
  type Requirement,
  required,
  requirement,
  resolveOptions,
  shown,
  withDefault,
} from '../errors/index.ts'
import { SweepError } from './errors.ts'
import type { Objective, RunningTrial } from './objective.ts'
import type { Pruner } from './pruner.ts'
import { none } from './pruners/none.ts'
import { aDirection } from './requirements.ts'
import type { Sampler } from './sampler.ts'
import { checkSpace, type ParamsOf, type Space } from './space/index.ts'
import { bringWorker } from './threads/bundled.ts'
import type { Direction } from './trial.ts'

/** Samplers and pruners come with what is wrong with their options, if anything is. */
type Checked<A> = A | E.Either<Error, A>

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Something that is right, or says what is wrong; or that has these methods itself. */
const having = <A>(expected: string, ...methods: readonly string[]) =>
  requirement<A>(
    expected,
    (value) =>
      isObject(value) &&
      typeof value.description === 'string' &&
      methods.every((name) => typeof value[name] === 'function'),
  )

const aSampler = having<Sampler>('a sampler, e.g. tpe()', 'suggest', 'sees', 'size')
const aPruner = having<Pruner>('a pruner, e.g. asha()', 'prune', 'sees')

/** It, or the Either that made it. */
const perhaps = <A>({ expected, holds }: Requirement<A>) =>
  requirement<Checked<A>>(expected, (value) => (isObject(value) && '_tag' in value) || holds(value))

/** A function whose type follows from the space and the data. */
const aFunction: Requirement = functionOf()

/** What is searched, where and how. */
const sweepOptions = {
  /** The parameters by name. */
  space: required(requirement<unknown>('parameters by name', isObject)),
  /** Runs one trial, e.g. trains a net and returns its validation accuracy. */
  objective: required(aFunction),
  /** Whether the value is to be as large or as small as possible. */
  direction: required(aDirection),
  /** Proposes parameters, e.g. `tpe()`. */
  sampler: required(perhaps(aSampler)),
  /** Ends trials that will not be among the best, e.g. `asha()`; none unless given. */
  pruner: withDefault(none(), perhaps(aPruner)),
  /** How many, an integer ≥ 1. */
  trials: required(positiveInteger),
  /** All parameters and all trials' seeds come from it: an integer ≥ 0, 0 unless given. */
  seed: withDefault(0, naturalNumber),
  /**
   * How often each trial runs, each time with another seed; its value is the mean. The first run may be pruned, and its reports are the
   * trial's. An integer ≥ 1, 1 unless given.
   */
  repeats: withDefault(1, positiveInteger),
  /**
   * Loads what all trials read. It is called once, in the thread that runs the sweep: typed arrays reach the workers without a copy, so
   * objectives must not write to them.
   */
  data: aFunction,
}

/** What `sweep` is told: what is searched, where and how. @interface */
export type SweepOptions<S extends Space, D> = Given<typeof sweepOptions> & {
  readonly space: S
  readonly objective: Objective<ParamsOf<S>, D>
  readonly data?: (() => D | Promise<D>) | undefined
}

/** A checked sweep. */
export interface Study {
  /** Tells a study from what is none. */
  readonly _tag: 'Study'
  /** The parameters by name. */
  readonly space: Space
  /** Whether larger or smaller values are better. */
  readonly direction: Direction
  /** Proposes parameters. */
  readonly sampler: Sampler
  /** Ends trials that will not be among the best. */
  readonly pruner: Pruner
  /** How many there are to be. */
  readonly trials: number
  /** Of all draws. */
  readonly seed: number
  /** How often each trial runs. */
  readonly repeats: number
  /** Methods, so that a study of any space and any data is a `Study`. */
  objective(trial: RunningTrial<never>, data: unknown): number | Promise<number>
  /** Loads what all trials read. */
  data(): unknown
}

const isEither = <A>(value: Checked<A>): value is E.Either<Error, A> => isObject(value) && '_tag' in value

const unwrapped = <A>(name: string, value: Checked<A>, each: Requirement): E.Either<SweepError, A> =>
  pipe(
    isEither(value) ? value : E.right(value),
    E.mapLeft(asSweepError),
    E.filterOrElse(
      (given) => each.holds(given),
      (given) => new SweepError(`sweep: ${name} must be ${each.expected}, but got ${shown(given)}`),
    ),
  )

const asSweepError = (error: Error): SweepError =>
  error instanceof SweepError
    ? error
    : new SweepError(error instanceof Error ? error.message : `sweep: a left holds ${shown(error)}`, { cause: error })

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
export const sweep = <const S extends Space, D = undefined>(
  options: SweepOptions<S, D>,
): E.Either<SweepError, Study> => {
  bringWorker()
  return pipe(
    resolveOptions('sweep', options as Given<typeof sweepOptions>, sweepOptions),
    E.mapLeft(asSweepError),
    E.bindTo('known'),
    E.bind('space', () => checkSpace(options.space)),
    E.bind('sampler', ({ known }) => unwrapped('sampler', known.sampler, aSampler)),
    E.bind('pruner', ({ known }) => unwrapped('pruner', known.pruner, aPruner)),
    E.map(({ known: { direction, trials, seed, repeats }, space, sampler, pruner }) => ({
      _tag: 'Study',
      ...{ space, direction, sampler, pruner, trials, seed, repeats, objective: options.objective },
      data: () => options.data?.(),
    })),
  )
}
