import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as R from 'fp-ts/lib/ReadonlyRecord.js'
import {
  abortSignal,
  anything,
  boolean,
  type Declaration,
  either,
  finite,
  fraction,
  functionOf,
  type Given,
  isListOf,
  isNull,
  isRecord,
  naturalNumber,
  nonNegative,
  OptionError,
  oneOf,
  orThrow,
  positive,
  positiveInteger,
  probability,
  type Requirement,
  type Resolved,
  requirement,
  resolveOptions,
  withDefault,
} from '../errors/index.ts'
import {
  type Averaging,
  averaging,
  checkedRule,
  checkGroups,
  type ParameterGroup,
  reduceOnPlateau,
  type Schedule,
  type ScheduleName,
  scheduleSettingsOf,
  schedules,
  settingsOf,
  type UpdateRule,
  type UpdateRuleName,
  updateRules,
} from '../optim/index.ts'
import { type Augmentation, augmentation } from '../random/index.ts'

const numbers = requirement<Readonly<Record<string, number>>>('settings by name', isRecord)

/** The settings of a run. Names are those of cs231n's Solver where it has them. */
const solverOptions = {
  /** Name of a rule, or one of yours; 'sgd' unless given. */
  updateRule: withDefault(
    'sgd',
    either(oneOf(Object.keys(updateRules) as UpdateRuleName[]), functionOf<UpdateRule<never>>()),
  ),
  /** Settings of the rule, e.g. `{ learningRate: 1e-3 }`; what is absent takes the rule's default, the learning rate of a rule of yours 1e-2. */
  optimConfig: withDefault({}, numbers),
  /** Settings of some weights: another learning rate or decay, or whether they learn, e.g. `[{ match: 'W1', frozen: true }]`. */
  groups: requirement<readonly ParameterGroup[]>(
    "a list of groups, e.g. [{ match: 'b', learningRateScale: 10 }]",
    (v) => isListOf(v, isRecord),
  ),
  /** Multiplies the learning rate after each epoch, in (0, 1]; 1 unless given. */
  lrDecay: withDefault(1, probability),
  /** Another factor on the learning rate: a name or a function of where the run is; constant unless given. */
  schedule: withDefault('constant', either(oneOf(Object.keys(schedules) as ScheduleName[]), functionOf<Schedule>())),
  /** Settings of a schedule that is given by name: numbers, and the points of piecewiseLinear. */
  scheduleConfig: requirement<Readonly<Record<string, number | readonly (readonly number[])[]>>>(
    'settings by name',
    isRecord,
  ),
  /** Lowers the learning rate when validation accuracy stops rising: settings of `reduceOnPlateau`. */
  plateau: requirement<{
    /** Multiplies the learning rate, in (0, 1); 0.1 unless given. */
    readonly by?: number
    /** Epochs without a rise that are tolerated, an integer ≥ 0; 10 unless given. */
    readonly patience?: number
  }>('settings by name', isRecord),
  /** Largest global norm of the gradients, > 0; they are not clipped unless given. */
  clipNorm: positive,
  /** Largest absolute value in a gradient, > 0; they are not clipped unless given. */
  clipValue: positive,
  /**
   * Keeps a moving average of weights and statistics, e.g. `{ decay: 0.98 }`: it is what evaluations look at and what results hold. Not
   * unless given.
   */
  average: requirement<Averaging>('settings by name, e.g. { decay: 0.98 }', isRecord),
  /** Examples a step, an integer ≥ 1; 100 unless given. */
  batchSize: withDefault(100, positiveInteger),
  /** A number > 0; 10 unless given. 9.9 ends a tenth before the end of the tenth epoch, at the nearest step. */
  numEpochs: withDefault(10, positive),
  /** Number of steps, in place of whole epochs. */
  numIterations: positiveInteger,
  /** Draw batches with replacement; a permutation of all examples an epoch unless true. */
  replacement: withDefault(false, boolean),
  /** Moves and mirrors the images of each batch anew; needs bytes of shape (N, …, H, W). Not unless given. */
  augment: requirement<Augmentation>('settings by name', isRecord),
  /** Stop after so many epochs without a better validation score; never unless given. */
  patience: positiveInteger,
  /** Training examples whose score is taken each epoch; 1000 unless given, null for all. */
  numTrainSamples: withDefault(1000, either(positiveInteger, isNull)),
  /** Validation examples; all unless given. */
  numValSamples: withDefault(null, either(positiveInteger, isNull)),
  /** Seeds weights, batches and dropout: an integer ≥ 0, 0 unless given. */
  seed: withDefault(0, naturalNumber),
  /** An AbortSignal: the run ends after the step in which it is aborted, with status 'interrupted'. */
  signal: abortSignal,
  /** `solve` prints a line an epoch, and a loss every `printEvery` steps; false unless given. */
  verbose: boolean,
  /** 10 unless given. */
  printEvery: positiveInteger,
}

/** The options of `train` and `solve`. @interface */
export type SolverOptions = Given<typeof solverOptions>

type Known = Resolved<typeof solverOptions>

/** Options with names resolved to what they name. */
export interface Settings
  extends Omit<Known, 'updateRule' | 'schedule' | 'scheduleConfig' | 'plateau' | 'verbose' | 'printEvery'> {
  readonly rule: UpdateRule<{ learningRate: number }>
  readonly learningRate: number
  readonly schedule: Schedule
  readonly plateau: ReturnType<typeof reduceOnPlateau> | undefined
}

const settingRequirements: Readonly<Record<string, Requirement>> = {
  learningRate: positive,
  momentum: fraction,
  decayRate: fraction,
  beta1: fraction,
  beta2: fraction,
  epsilon: positive,
  weightDecay: nonNegative,
}

const requirementsOf = (names: readonly string[]): Declaration =>
  Object.fromEntries(names.map((name) => [name, settingRequirements[name] ?? anything]))

/** Unknown names are found here; values of schedules and plateau are checked where they are built. */
const checkNames = (where: string, config: object, known: readonly string[]): E.Either<OptionError, unknown> =>
  resolveOptions(where, config, requirementsOf(known))

/** The settings that a group may have of its rule; a rule of the user's own may have any numbers. */
const groupSettings = (
  updateRule: Known['updateRule'],
  { match: _, frozen: _f, ...rest }: ParameterGroup,
): Declaration =>
  typeof updateRule === 'function'
    ? R.map(() => finite)(rest as Readonly<Record<string, unknown>>)
    : requirementsOf(settingsOf[updateRule].filter((name) => name !== 'learningRate'))

const checkConfigs = (options: Known): E.Either<OptionError, unknown> => {
  const { updateRule, optimConfig, schedule, scheduleConfig = {}, plateau = {} } = options
  // A rule of the user's own may have any settings; the learning rate is the solver's.
  const [rule, settings] =
    typeof updateRule === 'function'
      ? ['', ['learningRate', ...Object.keys(optimConfig)]]
      : [` of ${updateRule}`, settingsOf[updateRule]]
  return pipe(
    checkNames(`optimConfig${rule}`, optimConfig, settings),
    E.chain(() =>
      typeof schedule === 'function'
        ? checkNames('scheduleConfig of a function', scheduleConfig, [])
        : checkNames(`scheduleConfig of ${schedule}`, scheduleConfig, scheduleSettingsOf[schedule]),
    ),
    E.chain(() => checkGroups(options.groups ?? [], (group) => groupSettings(updateRule, group))),
    E.chain(() => checkNames('plateau', plateau, ['by', 'patience'])),
    E.chain(() => resolveOptions('augment', options.augment ?? {}, augmentation)),
    E.chain(
      (): E.Either<OptionError, unknown> =>
        options.average === undefined ? E.right(undefined) : resolveOptions('average', options.average, averaging),
    ),
  )
}

// Schedules and plateau check their own settings and throw; here that becomes a left.
const guarded = <A>(build: () => A): E.Either<OptionError, A> =>
  E.tryCatch(build, (reason) => new OptionError(E.toError(reason).message))

const defaultRate = (rule: Known['updateRule']): number => (rule === 'adam' || rule === 'adamw' ? 1e-3 : 1e-2)

const withRate = (options: Known) => ({
  ...options,
  optimConfig: { learningRate: defaultRate(options.updateRule), ...options.optimConfig },
})

const resolved = (options: SolverOptions) =>
  pipe(resolveOptions('solver', options, solverOptions), E.chainFirst(checkConfigs), E.map(withRate))

/** The options with the defaults in place of what is not given: equal for equal runs. Throws for options that do not fit. */
export const resolvedOptions = (options: SolverOptions) => orThrow(resolved(options))

/** A rule that never gives what is not finite. */
const ruleOf = (updateRule: NonNullable<SolverOptions['updateRule']>): Settings['rule'] => {
  if (typeof updateRule !== 'function') return updateRules[updateRule] as Settings['rule']
  const rule = updateRule as unknown as Settings['rule']
  return Object.values(updateRules).some((known) => known === updateRule) ? rule : checkedRule(rule)
}

/** Checks a run's options and fills in the defaults. */
export const settingsFrom = (options: SolverOptions): E.Either<OptionError, Settings> =>
  pipe(
    resolved(options),
    E.chain(({ updateRule, schedule, scheduleConfig = {}, plateau, ...rest }) =>
      guarded(
        (): Settings => ({
          ...rest,
          rule: ruleOf(updateRule),
          learningRate: rest.optimConfig.learningRate,
          schedule:
            typeof schedule === 'function'
              ? schedule
              : (schedules[schedule] as (config: object) => Schedule)(scheduleConfig),
          plateau: plateau && reduceOnPlateau(plateau),
        }),
      ),
    ),
  )

/**
 * The options of a run, if they fit: finds their mistakes before data are loaded
 *
 * @param options  as `train` and `solve` take them
 * @returns        the same options, or what is wrong with the first that does not fit
 * @example        checkSolverOptions({ batchSize: 10 })   // right({ batchSize: 10 })
 */
export const checkSolverOptions = (options: SolverOptions): E.Either<OptionError, SolverOptions> =>
  pipe(
    settingsFrom(options),
    E.map(() => options),
  )
