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

/** The schedules by name, for scripts and sweeps. */
export const schedules = { constant, exponentialDecay, stepDecay, cosine, oneCycle } as const

/** What a schedule is called among the options of a run. @useDeclaredType */
export type ScheduleName = keyof typeof schedules

/** The settings that each schedule knows, for checks and help. */
export const scheduleSettingsOf: { readonly [N in ScheduleName]: readonly string[] } = {
  constant: [],
  exponentialDecay: ['decay'],
  stepDecay: ['gamma', 'stepSize'],
  cosine: ['warmup'],
  oneCycle: ['pctStart', 'divFactor', 'finalDivFactor'],
}
