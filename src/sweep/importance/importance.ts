import { checkArgument } from '../../errors/index.ts'
import { checkKey, foldIn, type Key, uniform } from '../../random/index.ts'
import { aSpace, checkTrials } from '../requirements.ts'
import { type Domain, domainOf, type Space, shareBelow } from '../space/index.ts'
import type { ParamValue, Trial } from '../trial.ts'
import { type Dimension, type Forest, growForest, leaves, type Node, type Observations, type Side } from './forest.ts'

/** What part of the variance a parameter explains. */
export interface Share {
  /** Of the parameter. */
  readonly name: string
  /** By itself, averaged over all others: Var(E[y | xᵢ])/Var(y). */
  readonly alone: number
  /** With all that it does together with others: 1 − Var(E[y | all but xᵢ])/Var(y). */
  readonly total: number
}

/** How much each parameter of a study counts. */
export interface Importance {
  /** One for each parameter, the largest total first. */
  readonly shares: readonly Share[]
  /** Number of trials that were looked at. */
  readonly trials: number
  /** R² of the forest on trials that its trees have not seen: near 1 the shares can be trusted, near 0 they cannot. */
  readonly explained: number
}

/** With fewer complete trials there is nothing to learn from. */
const FEWEST_TRIALS = 10

const dimensionOf = (domain: Domain): Dimension =>
  domain.kind === 'choice' ? { count: domain.choices.length } : 'numbers'

const place = (domain: Domain, value: ParamValue): number =>
  domain.kind === 'choice'
    ? domain.choices.indexOf(value)
    : Number.isFinite(value)
      ? Math.min(1, Math.max(0, shareBelow(domain, value)))
      : Number.NaN

/**
 * Each trial's values as places in their domains. Where a parameter is not active it has no effect, whatever its value were: so it gets
 * a random one, and the outputs are a function of all of them. So does one that its domain does not have.
 */
const columnOf = (domain: Domain, name: string, trials: readonly Trial[], key: Key): Float64Array => {
  const { data } = uniform(foldIn(key, name), [trials.length], 0, 1, 'float64')
  return Float64Array.from(trials, ({ params }, i) => {
    const value = params[name]
    const at = value === undefined ? Number.NaN : place(domain, value)
    if (at >= 0) return at
    const u = data[i] as number
    return domain.kind === 'choice' ? Math.floor(u * domain.choices.length) : u
  })
}

const isCategories = (side: Side): side is readonly boolean[] => Array.isArray(side)

const width = (side: Side): number =>
  isCategories(side) ? side.filter((has) => has).length / side.length : side.high - side.low

const overlap = (a: Side, b: Side): number => {
  if (isCategories(a)) return isCategories(b) ? width(a.map((has, i) => has && b[i] === true)) : 0
  return isCategories(b) ? 0 : Math.max(0, Math.min(a.high, b.high) - Math.max(a.low, b.low))
}

/** A leaf: its sides' widths, its share of the whole, and how far its value is from the mean. */
interface Leaf {
  readonly box: readonly Side[]
  readonly widths: readonly number[]
  readonly volume: number
  readonly value: number
}

const leavesOf = (tree: Node): readonly Leaf[] => {
  const all = leaves(tree).map(({ box, value }) => {
    const widths = box.map(width)
    return { box, widths, value, volume: widths.reduce((product, w) => product * w, 1) }
  })
  const mean = all.reduce((sum, { value, volume }) => sum + value * volume, 0)
  return all.map((leaf) => ({ ...leaf, value: leaf.value - mean }))
}

/** Var(E[y | xᵢ]): the mean over all other dimensions is piecewise constant in xᵢ. */
const varianceAlone = (all: readonly Leaf[], i: number): number => {
  const parts = all.map(({ box, widths, value, volume }) => ({
    side: box[i] as Side,
    height: (value * volume) / (widths[i] as number),
  }))
  const categories = parts.find(({ side }) => isCategories(side))?.side
  if (categories !== undefined && isCategories(categories)) {
    const means = categories.map((_, c) =>
      parts.reduce((sum, { side, height }) => sum + (isCategories(side) && side[c] === true ? height : 0), 0),
    )
    return means.reduce((sum, mean) => sum + mean * mean, 0) / means.length
  }
  const changes = parts
    .flatMap(({ side, height }) =>
      isCategories(side)
        ? []
        : [
            { at: side.low, by: height },
            { at: side.high, by: -height },
          ],
    )
    .sort((a, b) => a.at - b.at)
  let [variance, mean, from] = [0, 0, 0]
  for (const { at, by } of changes) {
    variance += mean * mean * (at - from)
    mean += by
    from = at
  }
  return variance
}

/**
 * Var(E[y | all but xᵢ]) for each i: the sum over pairs of leaves of their values, their widths in xᵢ, and their overlap in the rest.
 * Leaves do not overlap, so two of them meet in the rest only where xᵢ is the one dimension that divides them.
 */
const variancesOfRest = (all: readonly Leaf[]): Float64Array => {
  const sums = new Float64Array(all[0]?.box.length ?? 0)
  for (const [l, a] of all.entries()) {
    for (const [i, w] of a.widths.entries()) sums[i] = (sums[i] as number) + a.value ** 2 * a.volume * w
    for (let m = 0; m < l; m++) {
      const b = all[m] as Leaf
      let divided = -1
      let rest = 1
      for (let i = 0; i < a.box.length; i++) {
        const shared = overlap(a.box[i] as Side, b.box[i] as Side)
        if (shared > 0) rest *= shared
        else if (divided < 0) divided = i
        else {
          rest = 0
          break
        }
      }
      if (rest === 0 || divided < 0) continue
      const widths = (a.widths[divided] as number) * (b.widths[divided] as number)
      sums[divided] = (sums[divided] as number) + 2 * a.value * b.value * widths * rest
    }
  }
  return sums
}

const sharesIn = (tree: Node): readonly Omit<Share, 'name'>[] | undefined => {
  const all = leavesOf(tree)
  const variance = all.reduce((sum, { value, volume }) => sum + value * value * volume, 0)
  if (!(variance > 0)) return undefined
  const rests = variancesOfRest(all)
  return Array.from(rests, (rest, i) => ({
    alone: varianceAlone(all, i) / variance,
    total: Math.max(0, 1 - rest / variance),
  }))
}

const observed = (space: Space, trials: readonly Trial[], key: Key): Observations => {
  const entries = Object.entries(space).map(([name, entry]) => [name, domainOf(entry)] as const)
  return {
    dimensions: entries.map(([, domain]) => dimensionOf(domain)),
    columns: entries.map(([name, domain]) => columnOf(domain, name, trials, key)),
    outputs: Float64Array.from(trials, ({ value }) => value as number),
  }
}

const sharesOf = (names: readonly string[], { trees }: Forest): readonly Share[] => {
  const each = trees.map(sharesIn).filter((shares) => shares !== undefined)
  const mean = (of: (shares: readonly Omit<Share, 'name'>[]) => number): number =>
    each.reduce((sum, shares) => sum + of(shares), 0) / each.length
  return names
    .map((name, i) => ({ name, alone: mean((all) => all[i]?.alone ?? 0), total: mean((all) => all[i]?.total ?? 0) }))
    .sort((a, b) => b.total - a.total)
}

/**
 * Functional ANOVA: Vᵢ/V, what share of the values' variance over the whole space comes from each parameter, by a random forest that
 * learned the values of the complete trials
 *
 * The variance is that of parameters drawn from the space, wherever a sampler looked most. A parameter that is not active has no effect.
 *
 * @param trials  those that are complete with a finite value count
 * @param key     equal keys give equal shares
 * @returns       undefined with fewer than 10 such trials, and where all have the same value
 * @example       importance({ rate: { kind: 'uniform', low: 0, high: 1 } }, [], [0, 0])   // undefined
 * @see           Hutter, Hoos & Leyton-Brown, "An efficient approach for assessing hyperparameter importance", 2014; total shares:
 *                Homma & Saltelli, "Importance measures in global sensitivity analysis of nonlinear models", 1996
 */
export const importance = (space: Space, trials: readonly Trial[], key: Key): Importance | undefined => {
  checkArgument('importance', 'space', space, aSpace)
  checkTrials('importance', trials)
  checkKey('importance', key)
  const complete = trials
    .filter(({ state, value }) => state === 'complete' && Number.isFinite(value))
    .sort((a, b) => a.number - b.number)
  if (complete.length < FEWEST_TRIALS || complete.every(({ value }) => value === complete[0]?.value)) return undefined
  const forest = growForest(observed(space, complete, foldIn(key, 'inactive')), foldIn(key, 'forest'))
  const shares = sharesOf(Object.keys(space), forest)
  return shares.every(({ total }) => Number.isFinite(total))
    ? { shares, trials: complete.length, explained: forest.explained }
    : undefined
}
