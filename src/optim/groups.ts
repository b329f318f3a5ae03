import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  boolean,
  checkArgument,
  type Declaration,
  either,
  isListOf,
  isRecord,
  listOf,
  nearest,
  nonNegative,
  OptionError,
  positive,
  quoted,
  type Requirement,
  required,
  requirement,
  resolveOptions,
  shown,
  text,
} from '../errors/index.ts'

/** Epochs in which weights stay as they are: from `from` on, or before `until`, or between both. Epoch 0 is the first. */
export interface FrozenEpochs {
  /** The first epoch in which they stay as they are, ≥ 0; from the start unless given. */
  readonly from?: number
  /** The epoch from which they learn again, ≥ 0; never unless given. */
  readonly until?: number
}

/** Settings of some weights: JSON, so that a checkpoint and a sweep know them. */
export interface ParameterGroup {
  /** A name, e.g. 'W1', or the stem of several, e.g. 'beta' for beta1, beta2, …; or a list of such. */
  readonly match: string | readonly string[]
  /** Multiplies the learning rate, > 0; 1 unless given. */
  readonly learningRateScale?: number
  /** Whether, or in which epochs, the weights stay as they are. */
  readonly frozen?: boolean | FrozenEpochs
  /** Any other setting of the rule, e.g. `weightDecay: 0`. */
  readonly [setting: string]: unknown
}

/** What a step is told of its weights' groups. */
export interface GroupSettings {
  /** The weights that learn; absent where all do. */
  readonly learns?: ReadonlySet<string> | undefined
  /** What is another than for all, by the weight's name. */
  readonly each: Readonly<Record<string, WeightSettings>>
}

/** What is another for a weight than for all. */
export interface WeightSettings {
  /** Multiplies the learning rate, > 0. */
  readonly learningRateScale: number
  /** Settings of the rule. */
  readonly optimConfig: Readonly<Record<string, number>>
}

const refuse = (message: string): E.Either<OptionError, never> => E.left(new OptionError(message))

const frozenEpochs = requirement<FrozenEpochs>('{ from } or { until }, epochs', isRecord)

const matches: Requirement<string | readonly string[]> = either(text, listOf(text))

/** What every group may have, beside settings of the rule. */
const common: Declaration = {
  match: required(matches, "give the name of a weight, e.g. 'W1', or a stem, e.g. 'beta'"),
  learningRateScale: positive,
  frozen: either(boolean, frozenEpochs),
}

const checkFrozen = (where: string, frozen: unknown): E.Either<OptionError, unknown> => {
  if (!isRecord(frozen)) return E.right(frozen)
  const { from, until } = frozen as FrozenEpochs
  return pipe(
    resolveOptions(`${where}.frozen`, frozen, { from: nonNegative, until: nonNegative }),
    E.chain(() =>
      from === undefined && until === undefined
        ? refuse(
            `${where}.frozen: from and until are missing; give the epoch from or until which the weights are frozen`,
          )
        : from !== undefined && until !== undefined && from >= until
          ? refuse(`${where}.frozen: from must be less than until, but got ${from} and ${until}`)
          : E.right(frozen),
    ),
  )
}

/**
 * Groups whose options have known names and fitting values
 *
 * @param settings  what a setting of the rule must be, by name
 */
export const checkGroups = (
  groups: readonly ParameterGroup[],
  settingsOf: (group: ParameterGroup) => Declaration,
): E.Either<OptionError, unknown> => {
  for (const [i, group] of groups.entries()) {
    const where = `groups[${i}]`
    const known = { ...settingsOf(group), ...common }
    const checked = pipe(
      resolveOptions(where, group as object, known),
      E.chain(() => checkFrozen(where, group.frozen)),
    )
    if (E.isLeft(checked)) return checked
  }
  return E.right(groups)
}

const PLACE = /^\d*(_[a-z0-9]+)*$/i

/** W1 is matched by itself, and by W: what a net puts behind a name is a number, or a dash and a number or a word. */
const isMatched = (match: string, name: string): boolean =>
  name === match || (!/\d$/.test(match) && name.startsWith(match) && PLACE.test(name.slice(match.length)))

const matchesOf = ({ match }: ParameterGroup): readonly string[] => (typeof match === 'string' ? [match] : match)

/** The names of weights and their stems, for who misspelt one. */
const candidates = (names: readonly string[]): readonly string[] => [
  ...new Set([...names, ...names.map((name) => /^[a-z]+/i.exec(name)?.[0] ?? name)]),
]

const unmatched = (where: string, match: string, names: readonly string[]): string => {
  const near = nearest(match, candidates(names))
  const hint = near === undefined ? `its weights are ${names.join(', ')}` : `did you mean ${quoted(near)}?`
  return `${where}: ${quoted(match)} matches no weight of the net; ${hint}`
}

const firstUnmatched = (groups: readonly ParameterGroup[], names: readonly string[]): string | undefined => {
  for (const [i, group] of groups.entries()) {
    for (const match of matchesOf(group)) {
      if (!names.some((name) => isMatched(match, name))) return unmatched(`groups[${i}]`, match, names)
    }
  }
  return undefined
}

const argumentsFault = (groups: unknown, names: unknown): string | undefined => {
  if (!isListOf(names, text.holds)) {
    return `parameterGroups: names must be those of weights, e.g. Object.keys(params), but got ${shown(names)}`
  }
  if (!Array.isArray(groups)) {
    return `parameterGroups: groups must be a list, e.g. [{ match: 'W1', frozen: true }], but got ${shown(groups)}`
  }
  const odd = groups.findIndex((group) => !isRecord(group) || !matches.holds(group.match))
  return odd < 0
    ? undefined
    : `parameterGroups: groups[${odd}] must have a match, ${matches.expected}, but got ${shown(groups[odd])}`
}

const isFrozen = (frozen: ParameterGroup['frozen'], epoch: number): boolean => {
  if (typeof frozen !== 'object') return frozen === true
  const { from = 0, until = Number.POSITIVE_INFINITY } = frozen
  return epoch >= from && epoch < until
}

/** The settings of each weight: those of a later group stand over those of an earlier one. */
const merged = (groups: readonly ParameterGroup[], names: readonly string[]): ReadonlyMap<string, ParameterGroup> => {
  const all = new Map<string, ParameterGroup>()
  for (const name of names) {
    const own = groups.filter((group) => matchesOf(group).some((match) => isMatched(match, name)))
    if (own.length > 0) all.set(name, Object.assign({}, ...own))
  }
  return all
}

/**
 * What groups say of a net's weights, as a function of the epoch
 *
 * Where several groups match a weight, settings of a later one stand over those of an earlier one.
 *
 * @param groups  e.g. [{ match: 'beta', learningRateScale: 64 }, { match: 'W1', frozen: true }]
 * @param names   of the weights
 * @returns       epoch ↦ what `step` takes among its settings, the very same record as long as nothing changes; left(OptionError) when a
 *                group matches nothing, or all weights are always frozen
 * @example       const at = orThrow(parameterGroups([{ match: 'b', frozen: { from: 3 } }], ['W1', 'b1']))
 *                [at(0).learns, [...at(3).learns!]]   // [undefined, ['W1']]
 */
export const parameterGroups = (
  groups: readonly ParameterGroup[],
  names: readonly string[],
): E.Either<OptionError, (epoch: number) => GroupSettings> => {
  const misgiven = argumentsFault(groups, names)
  if (misgiven !== undefined) return refuse(misgiven)
  const fault = firstUnmatched(groups, names)
  if (fault !== undefined) return refuse(fault)
  const own = merged(groups, names)
  const each: Record<string, WeightSettings> = {}
  for (const [name, { match: _, frozen: _f, learningRateScale = 1, ...optimConfig }] of own) {
    each[name] = { learningRateScale, optimConfig: optimConfig as Readonly<Record<string, number>> }
  }
  const learnersAt = (epoch: number): readonly string[] =>
    names.filter((name) => !isFrozen(own.get(name)?.frozen, epoch))
  // Between these epochs nothing changes.
  const ends = [...own.values()].flatMap(({ frozen }) => (typeof frozen === 'object' ? Object.values(frozen) : []))
  const starts = [...new Set<number>([0, ...ends])].sort((a, b) => a - b)
  if (starts.every((epoch) => learnersAt(epoch).length === 0)) {
    return refuse('groups: every weight is frozen, so nothing would learn; leave one that learns')
  }
  const periods = starts.map((start): readonly [start: number, settings: GroupSettings] => {
    const learners = learnersAt(start)
    return [start, { each, learns: learners.length === names.length ? undefined : new Set(learners) }]
  })
  return E.right((epoch) => {
    checkArgument('parameterGroups', 'epoch', epoch, nonNegative)
    let at = periods.length - 1
    while (at > 0 && epoch < (periods[at]?.[0] as number)) at--
    return periods[at]?.[1] as GroupSettings
  })
}
