import { describe, expect, test } from 'vitest'
import {
  clipByGlobalNorm,
  clipByValue,
  cosine,
  exponentialDecay,
  globalNorm,
  oneCycle,
  piecewiseLinear,
  type Schedule,
  stepDecay,
  triangular,
  type UpdateRule,
  type UpdateRuleName,
  updateRules,
} from '../../src/optim/index.ts'
import { type Dtype, type Tensor, type Tensors, tensor } from '../../src/tensor/index.ts'
import {
  allTensors,
  bitsOf,
  close,
  closeAll,
  type ErrorMeasure,
  eachRun,
  type GoldenCase,
  golden,
  goldenCase,
  isStored,
  mixedError,
  relativeError,
  tensorFrom,
} from '../support.ts'

const file = golden('rules')
const ruleCases = file.cases.filter(({ inputs }) => 'rule' in inputs)
const otherNames = file.cases.filter((c) => !ruleCases.includes(c)).map((c) => c.name)

const other = (name: string): GoldenCase => {
  const found = file.cases.find((c) => c.name === name)
  if (found === undefined) throw new Error(`no golden case ${name}`)
  return found
}

/** The gradients of the 50 steps. */
const gradientsOf = (name: string, dtype: Dtype): readonly Tensor[] => {
  const stored = file.sequences?.[name]
  if (!isStored(stored)) throw new Error(`no golden sequence ${name}`)
  const [steps = 0, ...shape] = stored.shape
  const size = stored.data.length / steps
  return Array.from({ length: steps }, (_, i) => tensor(shape, stored.data.slice(i * size, (i + 1) * size), dtype))
}

type AnyRule = UpdateRule<{ readonly learningRate: number }>
type Slots = Readonly<Record<string, Tensor | number>>

const fiftySteps = ({ inputs }: GoldenCase, dtype: Dtype): Record<string, Tensor | number> => {
  const rule = updateRules[inputs.rule as UpdateRuleName] as AnyRule
  let w = tensorFrom(inputs.w, dtype)
  let config = inputs.config as { readonly learningRate: number }
  const seen: Record<string, Tensor> = {}
  gradientsOf(inputs.dws as string, dtype).forEach((dw, i) => {
    const next = rule(w, dw, config)
    w = next[0]
    config = next[1]
    seen[`w${i + 1}`] = w
  })
  return { ...seen, ...(config as Slots) }
}

/**
 * Weights of 1e-12 are right at any absolute tolerance, so those are compared by plain relative error; in float32 relative to the
 * largest weight, because two steps that nearly cancel leave few digits.
 */
const measureFor = (name: string, dtype: Dtype, { data }: Tensor): ErrorMeasure => {
  if (!name.endsWith('TinyRateFromZero')) return mixedError
  const largest = Math.max(...Array.from(data, Math.abs))
  return dtype === 'float64' ? relativeError : (a, e) => Math.abs(a - e) / largest
}

/** What the formula of test/golden/images.py draws. */
const drawn = (seed: number, shape: readonly number[], dtype: Dtype): Tensor =>
  tensor(
    shape,
    Array.from(
      { length: shape.reduce((a, b) => a * b, 1) },
      (_, i) => (((31 * i * i + 7919 * i + 104729 * seed) % 2003) - 1001) / 1024,
    ),
    dtype,
  )

describe('decoupled weight decay agrees with PyTorch', () => {
  eachRun(({ dtype, tolerance }) => {
    test.each(['sgd', 'sgdMomentum', 'nesterov'] as const)('%s, 20 steps', (name) => {
      const { inputs, outputs } = goldenCase('methods', `decay ${name}`)
      const rule = updateRules[name] as AnyRule
      let w = tensorFrom(inputs.w, dtype)
      let config = inputs.config as { readonly learningRate: number }
      for (let i = 0; i < (inputs.steps as number); i++) {
        const next = rule(w, drawn((inputs.firstSeed as number) + i, w.shape, dtype), config)
        w = next[0]
        config = next[1]
      }
      close(w, tensorFrom(outputs.w, 'float64'), tolerance, name)
    })
  })

  test.each(['sgd', 'sgdMomentum', 'nesterov'] as const)('%s without it, or with none, has the same bits', (name) => {
    const rule = updateRules[name] as AnyRule
    const [w, dw] = [drawn(1, [9], 'float32'), drawn(2, [9], 'float32')]
    const [plain, config] = rule(w, dw, { learningRate: 0.3 })
    expect('weightDecay' in config).toBe(false)
    expect(bitsOf({ w: rule(w, dw, { learningRate: 0.3, weightDecay: 0 } as never)[0] })).toEqual(bitsOf({ w: plain }))
  })
})

describe('update rules, clipping and schedules agree with NumPy', () => {
  test('each rule has golden cases at a normal, a large and a tiny learning rate', () => {
    for (const rule of Object.keys(updateRules)) {
      const names = ruleCases.filter(({ inputs }) => inputs.rule === rule).map((c) => c.name)
      expect(names).toEqual(expect.arrayContaining([rule, `${rule}LargeRate`, `${rule}TinyRate`]))
    }
  })

  eachRun(({ dtype, tolerance }) => {
    // (1e20)² overflows float32, in NumPy as here.
    const fitting = ruleCases.filter(({ name }) => dtype === 'float64' || name !== 'adamHuge')
    test.each(fitting)('$name, 50 steps', (c) => {
      const actual = fiftySteps(c, dtype)
      const { slots, ...weights } = c.outputs
      for (const [name, w] of Object.entries(weights)) {
        const expected = tensorFrom(w, 'float64')
        close(actual[name] as Tensor, expected, tolerance, name, measureFor(c.name, dtype, expected))
      }
      closeAll(actual, slots as Record<string, unknown>, tolerance)
    })

    test('clipByValue', () => {
      const { inputs, outputs } = other('clipByValue')
      close(
        clipByValue(tensorFrom(inputs.dw, dtype), inputs.limit as number),
        tensorFrom(outputs.out, dtype),
        tolerance,
      )
    })

    test.each(['clipByGlobalNormAbove', 'clipByGlobalNormBelow', 'clipByGlobalNormZero'])('%s', (name) => {
      const { inputs, outputs } = other(name)
      const dws = allTensors(inputs.dws, dtype)
      close(globalNorm(dws), outputs.norm as number, tolerance, 'norm')
      closeAll(
        clipByGlobalNorm(dws, inputs.maxNorm as number) as Record<string, Tensor>,
        outputs.clipped as Tensors,
        tolerance,
      )
    })
  })

  const factors = (schedule: Schedule, { inputs }: GoldenCase): number[] =>
    ((inputs.steps ?? inputs.epochs) as number[]).map((i) =>
      // A schedule by epoch must not look at the step, and one by step must not look at the epoch.
      schedule({
        step: inputs.steps ? i : 7 * i,
        epoch: inputs.epochs ? i : 7 * i,
        totalSteps: (inputs.total ?? 0) as number,
      }),
    )

  const scheduleOf: Readonly<Record<string, (inputs: Record<string, number>) => Schedule>> = {
    exponentialDecay: ({ lrDecay }) => exponentialDecay({ decay: lrDecay as number }),
    stepDecay: ({ gamma, stepSize }) => stepDecay({ gamma: gamma as number, stepSize: stepSize as number }),
    cosineWarmup: ({ warmup }) => cosine({ warmup: warmup as number }),
    cosineNoWarmup: () => cosine(),
    oneCycle: ({ pctStart, divFactor, finalDivFactor }) =>
      oneCycle({
        ...(pctStart !== undefined && { pctStart }),
        ...(divFactor !== undefined && { divFactor }),
        ...(finalDivFactor !== undefined && { finalDivFactor }),
      }),
  }

  test.each(Object.keys(scheduleOf))('%s', (name) => {
    const c = other(name)
    const schedule = (scheduleOf[name] as (inputs: object) => Schedule)(c.inputs)
    close(factors(schedule, c), c.outputs.factors as number[], 1e-12, name)
  })

  test.each(['triangular 100', 'triangular 40', 'piecewiseLinear'])('%s, as PyTorch and the paper have it', (name) => {
    const { inputs, outputs } = goldenCase('methods', name)
    const { steps, points, ...settings } = inputs as { steps: number; points?: readonly (readonly [number, number])[] }
    const schedule = points === undefined ? triangular(settings) : piecewiseLinear({ points })
    const factors = Array.from({ length: steps }, (_, step) => schedule({ step, epoch: 7 * step, totalSteps: steps }))
    close(factors, outputs.factors as number[], 1e-12, name)
  })

  test('all golden cases are compared', () => {
    const clips = ['clipByValue', 'clipByGlobalNormAbove', 'clipByGlobalNormBelow', 'clipByGlobalNormZero']
    expect([...otherNames].sort()).toEqual([...clips, ...Object.keys(scheduleOf)].sort())
  })
})
