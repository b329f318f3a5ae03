import { cardinality, type Domain, domainOf, type ParamValue, type Space, shareBelow } from '../../sweep/index.ts'
import { decade, short } from '../page/numbers.ts'

/** Where a parameter's values stand on a line from 0 to 1. */
export interface Scale {
  readonly name: string
  /** Whether the parameter may be absent. */
  readonly conditional: boolean
  readonly ticks: readonly { readonly at: number; readonly text: string }[]
  /** @param number  of the trial: few values are spread a little by it, so that trials do not hide each other */
  readonly place: (value: ParamValue, number: number) => number
}

const MOST_TICKS = 6
/** Fewer values than this are spread. */
const FEW = 24
/** A normal domain is drawn as wide as this, in standard deviations. */
const NORMAL_WIDTH = 3.5

/** Text in one line and not longer than that. */
export const clipped = (text: string, most: number): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  const characters = [...line]
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`
}

/** A value as a reader knows it. */
export const valueText = (value: ParamValue | undefined, most = 40): string => {
  if (value === undefined) return ''
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 1e6 ? short(value, 7) : short(value, 4)
  return value === '' ? '(empty)' : clipped(String(value), most)
}

/** Whole multiples of 1, 2 or 5 times a power of ten that are not farther apart than a quarter of the range. */
export const roundSteps = (low: number, high: number): number => {
  const power = 10 ** Math.floor(Math.log10((high - low) / 4))
  return [5, 2, 1].map((n) => n * power).find((step) => step <= (high - low) / 3) ?? power
}

const linearTicks = (low: number, high: number): number[] => {
  if (!(high > low)) return [low]
  const step = roundSteps(low, high)
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

const logTicks = (low: number, high: number): number[] => {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))]
  const mantissas = to - from <= 2 ? [1, 2, 5] : [1]
  const ticks = Array.from({ length: to - from + 1 }, (_, i) => mantissas.map((m) => Number(`${m}e${from + i}`)))
    .flat()
    .filter((x) => x >= low * (1 - 1e-9) && x <= high * (1 + 1e-9))
  return ticks.length < 2 ? [low, high] : ticks
}

const everyFew = <T>(all: readonly T[]): readonly T[] => {
  const every = Math.ceil(all.length / MOST_TICKS)
  return all.filter((_, i) => i % every === 0)
}

/** The share of a line at which a value stands; a normal domain's is not its share of the distribution. */
const shareOf = (domain: Domain, value: ParamValue): number => {
  if (domain.kind !== 'normal') return shareBelow(domain, value)
  const z = (Number(value) - domain.mean) / domain.std
  return 0.5 + z / (2 * NORMAL_WIDTH)
}

const tickValues = (domain: Domain): readonly ParamValue[] => {
  switch (domain.kind) {
    case 'choice':
      return domain.choices
    case 'logUniform':
      return logTicks(domain.low, domain.high)
    case 'int':
      if (cardinality(domain) <= MOST_TICKS) {
        return Array.from({ length: cardinality(domain) }, (_, i) => domain.low + i * domain.step)
      }
      return domain.log ? logTicks(domain.low, domain.high) : linearTicks(domain.low, domain.high)
    case 'normal':
      return linearTicks(domain.mean - NORMAL_WIDTH * domain.std, domain.mean + NORMAL_WIDTH * domain.std)
    default:
      return linearTicks(domain.low, domain.high)
  }
}

const isLogarithmic = (domain: Domain): boolean => domain.kind === 'logUniform' || (domain.kind === 'int' && domain.log)

const within = (share: number): number => Math.min(1, Math.max(0, share))

const scaleOf = (name: string, entry: Space[string]): Scale => {
  const domain = domainOf(entry)
  const values = everyFew(tickValues(domain))
  const spread = isLogarithmic(domain) || cardinality(domain) > FEW ? 0 : 0.5 / cardinality(domain)
  return {
    name,
    conditional: entry.kind === 'when',
    ticks: values.map((value) => ({
      at: shareOf(domain, value),
      text: typeof value === 'number' && isLogarithmic(domain) ? decade(value) : valueText(value, 14),
    })),
    place: (value, number) => within(shareOf(domain, value) + evenly(number, spread)),
  }
}

/** A shift by up to half of the width: multiples of the golden ratio fill an interval evenly, however many there are. */
export const evenly = (number: number, width: number): number => width * (((number * 0.618034) % 1) - 0.5)

/** A scale for each parameter, in the space's order. */
export const scalesOf = (space: Space): readonly Scale[] =>
  Object.entries(space).map(([name, entry]) => scaleOf(name, entry))
