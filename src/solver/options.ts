import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
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
import {
  type Augmentation,
  abortSignal,
  anything,
  boolean,
  checkOptions,
  either,
  fraction,
  isFunction,
  naturalNumber,
  nonNegative,
  OptionError,
  oneOf,
  positive,
  positiveInteger,
  probability,
  type Requirement,
} from '../tensor/index.ts'

/** The settings of a run; all have defaults. Names are those of cs231n's Solver where it has them. */
export interface SolverOptions {
  /** Name of a rule, or one of yours; 'sgd' unless given. */
  readonly updateRule?: UpdateRuleName | UpdateRule<never>
  /** Settings of the rule, e.g. `{ learningRate: 1e-3 }`; what is absent takes the rule's default, the learning rate of a rule of yours 1e-2. */
  readonly optimConfig?: Readonly<Record<string, number>>
  /** Multiplies the learning rate after each epoch, in (0, 1]; 1 unless given. */
  readonly lrDecay?: number
  /** Another factor on the learning rate: a name or a function of where the run is; constant unless given. */
  readonly schedule?: ScheduleName | Schedule
  /** Settings of a schedule that is given by name. */
  readonly scheduleConfig?: Readonly<Record<string, number>>
  /** Lowers the learning rate when validation accuracy stops rising: settings of `reduceOnPlateau`. */
  readonly plateau?: { readonly by?: number; readonly patience?: number }
  /** Largest global norm of the gradients, > 0; they are not clipped unless given. */
  readonly clipNorm?: number
  /** Largest absolute value in a gradient, > 0; they are not clipped unless given. */
  readonly clipValue?: number
  /** Examples a step, an integer ≥ 1; 100 unless given. */
  readonly batchSize?: number
  /** An integer ≥ 1; 10 unless given. */
  readonly numEpochs?: number
  /** Number of steps, in place of whole epochs. */
  readonly numIterations?: number
  /** Draw batches with replacement; a permutation of all examples an epoch unless true. */
  readonly replacement?: boolean
  /** Moves and mirrors the images of each batch anew; needs bytes of shape (N, …, H, W). Not unless given. */
  readonly augment?: Augmentation
  /** Stop after so many epochs without a rise of the validation accuracy; never unless given. */
  readonly patience?: number
  /** Training examples whose accuracy is taken each epoch; 1000 unless given, null for all. */
  readonly numTrainSamples?: number | null
  /** Validation examples; all unless given. */
  readonly numValSamples?: number | null
  /** Seeds weights, batches and dropout: an integer ≥ 0, 0 unless given. */
  readonly seed?: number
  /** An AbortSignal: the run ends after the step in which it is aborted, with status 'interrupted'. */
  readonly signal?: { readonly aborted: boolean }
  /** `solve` prints a line an epoch, and a loss every `printEvery` steps; false unless given. */
  readonly verbose?: boolean
  /** 10 unless given. */
  readonly printEvery?: number
}

/** Options with defaults filled in and names resolved. */
export interface Settings {
  readonly rule: UpdateRule<{ learningRate: number }>
  readonly optimConfig: Readonly<Record<string, number>>
  readonly learningRate: number
  readonly lrDecay: number
  readonly schedule: Schedule
  readonly plateau: ReturnType<typeof reduceOnPlateau> | undefined
  readonly clipNorm: number | undefined
  readonly clipValue: number | undefined
  readonly batchSize: number
  readonly numEpochs: number
  readonly numIterations: number | undefined
  readonly replacement: boolean
  readonly augment: Augmentation | undefined
  readonly patience: number | undefined
  readonly numTrainSamples: number | null
  readonly numValSamples: number | null
  readonly seed: number
  readonly signal: { readonly aborted: boolean } | undefined
}

const isNull: Requirement = { expected: 'null', holds: (v) => v === null }

const requirements = {
  updateRule: either(oneOf(Object.keys(updateRules)), isFunction),
  optimConfig: anything,
  lrDecay: probability,
  schedule: either(oneOf(Object.keys(schedules)), isFunction),
  scheduleConfig: anything,
  plateau: anything,
  clipNorm: positive,
  clipValue: positive,
  batchSize: positiveInteger,
  numEpochs: positiveInteger,
  numIterations: positiveInteger,
  replacement: boolean,
  augment: anything,
  patience: positiveInteger,
  numTrainSamples: either(positiveInteger, isNull),
  numValSamples: either(positiveInteger, isNull),
  seed: naturalNumber,
  signal: abortSignal,
  verbose: boolean,
  printEvery: positiveInteger,
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

/** Unknown names are found here; values of schedules and plateau are checked where they are built. */
const checkNames = (where: string, config: object, known: readonly string[]): E.Either<OptionError, unknown> =>
  checkOptions(where, config, Object.fromEntries(known.map((name) => [name, settingRequirements[name] ?? anything])))

const checkConfigs = (options: SolverOptions): E.Either<OptionError, unknown> => {
  const { updateRule = 'sgd', optimConfig = {}, schedule = 'constant', scheduleConfig = {}, plateau = {} } = options
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
    E.chain(() => checkNames('plateau', plateau, ['by', 'patience'])),
    E.chain(() => checkOptions('augment', options.augment ?? {}, { flip: boolean, shift: naturalNumber })),
  )
}

// Schedules and plateau check their own settings and throw; here that becomes a left.
const guarded = <A>(build: () => A): E.Either<OptionError, A> =>
  E.tryCatch(build, (reason) => new OptionError(E.toError(reason).message))

const defaultRate = (rule: SolverOptions['updateRule']): number => (rule === 'adam' || rule === 'adamw' ? 1e-3 : 1e-2)

const defaults = {
  updateRule: 'sgd',
  lrDecay: 1,
  schedule: 'constant',
  batchSize: 100,
  numEpochs: 10,
  replacement: false,
  numTrainSamples: 1000,
  numValSamples: null,
  seed: 0,
} as const

const isGiven = ([, value]: readonly [string, unknown]): boolean => value !== undefined

/** The options with the defaults in place of what is not given: equal for equal runs. */
export const resolvedOptions = (options: SolverOptions) => {
  const given: SolverOptions = Object.fromEntries(Object.entries(options).filter(isGiven))
  const { updateRule = defaults.updateRule, optimConfig } = given
  return { ...defaults, ...given, optimConfig: { learningRate: defaultRate(updateRule), ...optimConfig } }
}

/** Checks a run's options and fills in the defaults. */
export const settingsFrom = (options: SolverOptions): E.Either<OptionError, Settings> =>
  pipe(
    checkOptions('solver', options, requirements),
    E.chainFirst(checkConfigs),
    E.map(resolvedOptions),
    E.chain(({ updateRule, optimConfig, schedule, scheduleConfig = {}, plateau, ...rest }) =>
      guarded(
        (): Settings => ({
          rule: (typeof updateRule === 'function' ? updateRule : updateRules[updateRule]) as Settings['rule'],
          optimConfig,
          learningRate: optimConfig.learningRate,
          lrDecay: rest.lrDecay,
          schedule:
            typeof schedule === 'function'
              ? schedule
              : (schedules[schedule] as (config: object) => Schedule)(scheduleConfig),
          plateau: plateau && reduceOnPlateau(plateau),
          clipNorm: rest.clipNorm,
          clipValue: rest.clipValue,
          batchSize: rest.batchSize,
          numEpochs: rest.numEpochs,
          numIterations: rest.numIterations,
          replacement: rest.replacement,
          augment: rest.augment,
          patience: rest.patience,
          numTrainSamples: rest.numTrainSamples,
          numValSamples: rest.numValSamples,
          seed: rest.seed,
          signal: rest.signal,
        }),
      ),
    ),
  )
