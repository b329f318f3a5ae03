import { ArgumentError, isRecord, shown, unknownKey } from '../errors/index.ts'
import { power } from '../tensor/index.ts'
import { cosPi } from './cosPi.ts'

/** Where a run is; counts start at 0. */
export interface Progress {
  /** Steps made before. */
  readonly step: number
  /** Epochs made before. */
  readonly epoch: number
  /** How many steps the run has. */
  readonly totalSteps: number
}

/** The factor on the learning rate at a moment of the run: a plain function, so also yours. */
export type Schedule = (progress: Progress) => number

/** The settings, if they are known ones by name. */
const settingsOf = <O extends object>(where: string, settings: O, known: readonly string[]): O => {
  if (!isRecord(settings)) {
    throw new ArgumentError(`${where}: settings come by name, e.g. { ${known[0]}: … }, but got ${shown(settings)}`)
  }
  const unknown = unknownKey(where, settings, known)
  if (unknown !== undefined) throw new ArgumentError(unknown)
  return settings
}

const check = (where: string, name: string, value: number, expected: string, holds: boolean): void => {
  if (!holds) throw new ArgumentError(`${where}: ${name} must be ${expected}, but got ${shown(value)}`)
}

/**
 * factor = 1
 *
 * @example constant()({ step: 5, epoch: 1, totalSteps: 10 })   // 1
 */
export const constant = (): Schedule => () => 1

/**
 * factor = decay^epoch, cs231n's lrDecay
 *
 * @param settings.decay  in (0, 1]; 0.95 unless given
 * @throws                ArgumentError when decay is outside
 * @example               exponentialDecay({ decay: 0.5 })({ step: 0, epoch: 2, totalSteps: 10 })   // 0.25
 * @see                   https://cs231n.github.io/neural-networks-3/#anneal
 */
export const exponentialDecay = (settings: { readonly decay?: number } = {}): Schedule => {
  const { decay = 0.95 } = settingsOf('exponentialDecay', settings, ['decay'])
  check('exponentialDecay', 'decay', decay, 'in (0, 1]', typeof decay === 'number' && decay > 0 && decay <= 1)
  return ({ epoch }) => power(decay, epoch)
}

/**
 * factor = gamma^⌊epoch/stepSize⌋
 *
 * @param settings.gamma     in (0, 1]; 0.1 unless given
 * @param settings.stepSize  epochs between two reductions, an integer ≥ 1; 10 unless given
 * @throws                   ArgumentError when one is outside
 * @example                  stepDecay({ gamma: 0.1, stepSize: 2 })({ step: 0, epoch: 3, totalSteps: 10 })   // 0.1
 * @see                      https://cs231n.github.io/neural-networks-3/#anneal
 */
export const stepDecay = (settings: { readonly gamma?: number; readonly stepSize?: number } = {}): Schedule => {
  const { gamma = 0.1, stepSize = 10 } = settingsOf('stepDecay', settings, ['gamma', 'stepSize'])
  check('stepDecay', 'gamma', gamma, 'in (0, 1]', typeof gamma === 'number' && gamma > 0 && gamma <= 1)
  check('stepDecay', 'stepSize', stepSize, 'an integer ≥ 1', Number.isSafeInteger(stepSize) && stepSize >= 1)
  return ({ epoch }) => power(gamma, Math.floor(epoch / stepSize))
}

/**
 * factor = (step + 1)/warmup while step < warmup, then ½·(1 + cos(π·(step − warmup)/(totalSteps − warmup)))
 *
 * @param settings.warmup  steps of linear warm-up, an integer ≥ 0; 0 unless given
 * @throws                 ArgumentError when warmup is outside
 * @example                cosine({ warmup: 2 })({ step: 0, epoch: 0, totalSteps: 10 })   // 0.5
 * @see                    Loshchilov & Hutter, "SGDR", 2017; Goyal et al., "Accurate, large minibatch SGD", 2017
 */
export const cosine = (settings: { readonly warmup?: number } = {}): Schedule => {
  const { warmup = 0 } = settingsOf('cosine', settings, ['warmup'])
  check('cosine', 'warmup', warmup, 'an integer ≥ 0', Number.isSafeInteger(warmup) && warmup >= 0)
  return ({ step, totalSteps }) =>
    step < warmup
      ? (step + 1) / warmup
      : 0.5 * (1 + cosPi(Math.min(1, (step - warmup) / Math.max(1, totalSteps - warmup))))
}

/**
 * factor from 1/divFactor up to 1 in pctStart of the run, then down to 1/(divFactor·finalDivFactor), both along a half cosine
 *
 * @param settings.pctStart        share of the run that rises, in (0, 1); 0.3 unless given
 * @param settings.divFactor       > 1; 25 unless given
 * @param settings.finalDivFactor  ≥ 1; 1e4 unless given
 * @throws                         ArgumentError when one is outside
 * @example                        oneCycle()({ step: 0, epoch: 0, totalSteps: 20 }).toFixed(2)   // '0.04'
 * @see                            Smith & Topin, "Super-convergence", 2018; PyTorch's OneCycleLR
 */
export const oneCycle = (
  settings: { readonly pctStart?: number; readonly divFactor?: number; readonly finalDivFactor?: number } = {},
): Schedule => {
  const {
    pctStart = 0.3,
    divFactor = 25,
    finalDivFactor = 1e4,
  } = settingsOf('oneCycle', settings, ['pctStart', 'divFactor', 'finalDivFactor'])
  check('oneCycle', 'pctStart', pctStart, 'in (0, 1)', typeof pctStart === 'number' && pctStart > 0 && pctStart < 1)
  check('oneCycle', 'divFactor', divFactor, 'a number > 1', typeof divFactor === 'number' && divFactor > 1)
  check(
    'oneCycle',
    'finalDivFactor',
    finalDivFactor,
    'a number ≥ 1',
    typeof finalDivFactor === 'number' && finalDivFactor >= 1,
  )
  const between = (from: number, to: number, share: number): number => to + ((from - to) / 2) * (1 + cosPi(share))
  return ({ step, totalSteps }) => {
    const peak = pctStart * totalSteps - 1
    const last = totalSteps - 1
    const first = 1 / divFactor
    // The peak may be step 0.
    if (step <= peak) return peak === 0 ? 1 : between(first, 1, step / peak)
    return between(1, first / finalDivFactor, Math.min(1, (step - peak) / (last - peak)))
  }
}

/** Pairs of position and factor: the factor at a share of the run, 0 its begin and 1 its end. */
export type SchedulePoint = readonly [position: number, factor: number]

const isPoint = (point: unknown): boolean =>
  Array.isArray(point) &&
  point.length === 2 &&
  point.every((v) => typeof v === 'number' && v >= 0 && v < Number.POSITIVE_INFINITY) &&
  point[0] <= 1

const checkPoints = (points: readonly SchedulePoint[]): void => {
  const where = 'piecewiseLinear'
  check(where, 'points', points as never, 'a list of points, e.g. [[0, 0.2], [0.25, 1], [1, 0]]', Array.isArray(points))
  check(where, 'points', points as never, 'a list of at least one point', points.length > 0)
  points.forEach((point, i) => {
    check(where, `points[${i}]`, point as never, '[a share of the run from 0 to 1, a factor ≥ 0]', isPoint(point))
    const before = points[i - 1]
    check(
      where,
      `points[${i}]`,
      point as never,
      `at ${before?.[0]} or later, where the point before it is`,
      before === undefined || point[0] >= before[0],
    )
  })
}

/**
 * factor = that of the straight line between two points, at step/totalSteps of the run
 *
 * Before the first point and after the last one their factors stay. Two points at one place are a jump, where the later one counts.
 *
 * @param settings.points  pairs of position and factor, positions from 0 to 1 in order, factors ≥ 0
 * @throws                 ArgumentError when one is outside, or they are not in order
 * @example                piecewiseLinear({ points: [[0, 0.2], [0.25, 1], [1, 0]] })({ step: 50, epoch: 0, totalSteps: 80 })   // 0.5
 * @see                    NumPy's interp
 */
export const piecewiseLinear = (settings: { readonly points: readonly SchedulePoint[] }): Schedule => {
  const { points } = settingsOf('piecewiseLinear', settings, ['points'])
  checkPoints(points)
  const line = points.map(([position, factor]): SchedulePoint => [position, factor])
  return ({ step, totalSteps }) => {
    const at = step / totalSteps
    const next = line.findIndex(([position]) => position > at)
    const [left, right] = [line.at(next < 0 ? -1 : next - 1), line[next]] as [SchedulePoint, SchedulePoint | undefined]
    if (right === undefined || next === 0) return (right ?? left)[1]
    return left[1] + (right[1] - left[1]) * ((at - left[0]) / (right[0] - left[0]))
  }
}

/**
 * factor from `start` up to 1 at the share `peak` of the run, then down to `end`, on straight lines
 *
 * @param settings.start  ≥ 0, 0 unless given
 * @param settings.peak   in (0, 1), 0.5 unless given
 * @param settings.end    ≥ 0, 0 unless given
 * @throws                ArgumentError when one is outside
 * @example               triangular({ peak: 0.25 })({ step: 10, epoch: 0, totalSteps: 80 })   // 0.5
 * @see                   Smith, "Cyclical learning rates for training neural networks", 2017; Jordan, arXiv 2404.00498
 */
export const triangular = (
  settings: { readonly start?: number; readonly peak?: number; readonly end?: number } = {},
): Schedule => {
  const { start = 0, peak = 0.5, end = 0 } = settingsOf('triangular', settings, ['start', 'peak', 'end'])
  const isFactor = (value: unknown): boolean => typeof value === 'number' && value >= 0 && Number.isFinite(value)
  check('triangular', 'start', start, 'a number ≥ 0', isFactor(start))
  check('triangular', 'peak', peak, 'in (0, 1)', typeof peak === 'number' && peak > 0 && peak < 1)
  check('triangular', 'end', end, 'a number ≥ 0', isFactor(end))
  return piecewiseLinear({
    points: [
      [0, start],
      [peak, 1],
      [1, end],
    ],
  })
}

/** The schedules by name, for scripts and sweeps. */
export const schedules = {
  constant,
  exponentialDecay,
  stepDecay,
  cosine,
  oneCycle,
  piecewiseLinear,
  triangular,
} as const

/** What a schedule is called among the options of a run. @useDeclaredType */
export type ScheduleName = keyof typeof schedules

/** The settings that each schedule knows, for checks and help. */
export const scheduleSettingsOf: { readonly [N in ScheduleName]: readonly string[] } = {
  constant: [],
  exponentialDecay: ['decay'],
  stepDecay: ['gamma', 'stepSize'],
  cosine: ['warmup'],
  oneCycle: ['pctStart', 'divFactor', 'finalDivFactor'],
  piecewiseLinear: ['points'],
  triangular: ['start', 'peak', 'end'],
}
