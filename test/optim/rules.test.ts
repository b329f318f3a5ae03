import { describe, expect, test } from 'vitest'
import { ArgumentError, ShapeError } from '../../src/errors/index.ts'
import { scoped } from '../../src/kernels/index.ts'
import { cosPi } from '../../src/optim/cosPi.ts'
import {
  clipByGlobalNorm,
  clipByValue,
  cosine,
  exponentialDecay,
  globalNorm,
  oneCycle,
  piecewiseLinear,
  reduceOnPlateau,
  type Schedule,
  scheduleSettingsOf,
  schedules,
  settingsOf,
  startOfPlateau,
  stepDecay,
  triangular,
  type UpdateRule,
  type UpdateRuleName,
  updateRules,
} from '../../src/optim/index.ts'
import { cast, type Tensor, type Tensors, tensor, zeros } from '../../src/tensor/index.ts'
import { bitsOf, close, eachBackend, random } from '../support.ts'

type AnyRule = UpdateRule<{ readonly learningRate: number }>
const names = Object.keys(updateRules) as UpdateRuleName[]
const ruleOf = (name: UpdateRuleName): AnyRule => updateRules[name] as AnyRule

const slotsOf = (config: object): Tensors =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => typeof value === 'object')) as Tensors

describe('update rules', () => {
  const inputs = { w: random(1, [3, 5], 'float32'), dw: random(2, [3, 5], 'float32') }
  const started = (name: UpdateRuleName, { w, dw }: typeof inputs) => ruleOf(name)(w, dw, { learningRate: 0.1 })

  eachBackend(() => {
    describe.each(names)('%s', (name) => {
      const rule = ruleOf(name)

      const neverWrites = (tensors: typeof inputs): void => {
        const [w1, config] = started(name, tensors)
        const before = bitsOf({ ...tensors, w1, ...slotsOf(config) })
        const [w2, next] = rule(w1, tensors.dw, config)
        expect(bitsOf({ ...tensors, w1, ...slotsOf(config) })).toEqual(before)
        expect(bitsOf({ w2 })).not.toEqual(bitsOf({ w2: w1 }))
        // With `out`, only that is written; the result is the same.
        const out = [
          zeros(w1.shape),
          Object.fromEntries(Object.entries(slotsOf(next)).map(([slot, t]) => [slot, zeros(t.shape)])),
        ] as const
        const [w2Out, nextOut] = rule(w1, tensors.dw, config, out)
        expect(bitsOf({ ...tensors, w1, ...slotsOf(config) })).toEqual(before)
        expect(w2Out.data).toBe(out[0].data)
        expect(bitsOf({ w: w2Out, ...slotsOf(nextOut) })).toEqual(bitsOf({ w: w2, ...slotsOf(next) }))
      }

      test('writes to no input; with `out`, to nothing else', () => {
        neverWrites(inputs)
        scoped(() => neverWrites({ w: cast(inputs.w, 'float32'), dw: cast(inputs.dw, 'float32') }))
      })

      test('in place it gives the same, and the gradient stays', () => {
        const [w1, config] = started(name, inputs)
        const [w2, next] = rule(w1, inputs.dw, config)
        const expected = bitsOf({ w2, ...slotsOf(next) })
        const dwBefore = bitsOf({ dw: inputs.dw })
        const [inPlace, nextInPlace] = rule(w1, inputs.dw, config, [w1, config])
        expect(inPlace.data).toBe(w1.data)
        expect(bitsOf({ w2: inPlace, ...slotsOf(nextInPlace) })).toEqual(expected)
        expect(bitsOf({ dw: inputs.dw })).toEqual(dwBefore)
      })
    })
  })

  describe.each(names)('%s', (name) => {
    test('starts with slots at zero, and a first step against the gradient', () => {
      const [w] = ruleOf(name)(zeros([2]), tensor([2], [1, -1]))
      expect((w.data[0] as number) < 0 && (w.data[1] as number) > 0).toBe(true)
    })

    test('gives back its settings; the solver knows their names', () => {
      // Those whose default is 0 come back where they are given.
      const [, config] = ruleOf(name)(zeros([2]), zeros([2]), { weightDecay: 0.1 } as never)
      const settings = Object.entries(config).filter(([slot, value]) => typeof value === 'number' && slot !== 't')
      expect(settings.map(([setting]) => setting).sort()).toEqual([...settingsOf[name]].sort())
    })

    test('refuses a gradient of another size or precision, or none', () => {
      expect(() => ruleOf(name)(zeros([2]), zeros([3]))).toThrow(
        new ShapeError(`${name}: w has shape (2), float32, but dw has shape (3), float32`),
      )
      expect(() => ruleOf(name)(zeros([2]), zeros([2], 'float64'))).toThrow(ShapeError)
      expect(() => ruleOf(name)(zeros([2]), undefined as unknown as Tensor)).toThrow(
        new ShapeError(`${name}: dw must be a tensor, but got undefined`),
      )
    })
  })

  test('refuses a slot of another size', () => {
    expect(() => updateRules.sgdMomentum(zeros([2]), zeros([2]), { velocity: zeros([3]) })).toThrow(
      new ShapeError('sgdMomentum: w has shape (2), float32, but velocity has shape (3), float32'),
    )
  })
})

describe('clipping', () => {
  test('refuses a limit that is not > 0', () => {
    for (const limit of [0, -1, Number.NaN]) {
      expect(() => clipByValue(zeros([1]), limit)).toThrow(
        new ArgumentError(`clipByValue: limit must be a number > 0, but got ${limit}`),
      )
      expect(() => clipByGlobalNorm({ W1: zeros([1]) }, limit)).toThrow(
        new ArgumentError(`clipByGlobalNorm: maxNorm must be a number > 0, but got ${limit}`),
      )
    }
  })

  eachBackend(() => {
    test('writes to no gradient, and reaches the norm', () => {
      const grads = { W1: random(1, [4, 3], 'float32'), b1: random(2, [3], 'float32') }
      const before = bitsOf(grads)
      close(globalNorm(clipByGlobalNorm(grads, 0.5)), 0.5, 1e-6)
      clipByValue(grads.W1, 0.1)
      expect(bitsOf(grads)).toEqual(before)
    })
  })
})

describe('schedules', () => {
  test.each<[() => Schedule, string]>([
    [() => exponentialDecay({ decay: 0 }), 'exponentialDecay: decay must be in (0, 1], but got 0'],
    [() => exponentialDecay({ decay: 1.1 }), 'exponentialDecay: decay must be in (0, 1], but got 1.1'],
    [() => stepDecay({ gamma: Number.NaN }), 'stepDecay: gamma must be in (0, 1], but got NaN'],
    [() => stepDecay({ stepSize: 0 }), 'stepDecay: stepSize must be an integer ≥ 1, but got 0'],
    [() => cosine({ warmup: 1.5 }), 'cosine: warmup must be an integer ≥ 0, but got 1.5'],
    [() => oneCycle({ pctStart: 1 }), 'oneCycle: pctStart must be in (0, 1), but got 1'],
    [() => oneCycle({ divFactor: 1 }), 'oneCycle: divFactor must be a number > 1, but got 1'],
    [() => oneCycle({ finalDivFactor: 0.5 }), 'oneCycle: finalDivFactor must be a number ≥ 1, but got 0.5'],
    [() => triangular({ peak: 0 }), 'triangular: peak must be in (0, 1), but got 0'],
    [() => triangular({ start: -1 }), 'triangular: start must be a number ≥ 0, but got -1'],
    [() => triangular({ end: Number.POSITIVE_INFINITY }), 'triangular: end must be a number ≥ 0, but got Infinity'],
    [() => triangular({ top: 1 } as never), "triangular: unknown option 'top'; known are start, peak, end"],
    [
      () => piecewiseLinear({} as never),
      'piecewiseLinear: points must be a list of points, e.g. [[0, 0.2], [0.25, 1], [1, 0]], but got undefined',
    ],
    [() => piecewiseLinear({ points: [] }), 'piecewiseLinear: points must be a list of at least one point, but got []'],
    [
      () =>
        piecewiseLinear({
          points: [
            [0, 1],
            [1.5, 0],
          ],
        }),
      'piecewiseLinear: points[1] must be [a share of the run from 0 to 1, a factor ≥ 0], but got [1.5, 0]',
    ],
    [
      () =>
        piecewiseLinear({
          points: [
            [0, 1],
            [0.5, -1],
          ],
        }),
      'piecewiseLinear: points[1] must be [a share of the run from 0 to 1, a factor ≥ 0], but got [0.5, -1]',
    ],
    [
      () =>
        piecewiseLinear({
          points: [
            [0.5, 1],
            [0.25, 0],
          ],
        }),
      'piecewiseLinear: points[1] must be at 0.5 or later, where the point before it is, but got [0.25, 0]',
    ],
  ])('%s', (make, message) => {
    expect(make).toThrow(new ArgumentError(message))
  })

  test.each(Object.keys(schedules) as (keyof typeof schedules)[])(
    '%s gives a factor in [0, 1] at every step of any run',
    (name) => {
      for (const totalSteps of [1, 2, 3, 4, 10, 100]) {
        for (let step = 0; step <= totalSteps; step++) {
          const make = schedules[name] as (settings?: object) => Schedule
          const settings = name === 'piecewiseLinear' ? { points: [[0.1, 0.5], [0.3, 1], [0.3, 0], [0.7, 0.25]] } : undefined // biome-ignore format: a line
          const factor = make(settings)({ step, epoch: step, totalSteps })
          expect(factor >= 0 && factor <= 1, `${factor} at step ${step} of ${totalSteps}`).toBe(true)
        }
      }
    },
  )

  test('oneCycle starts at its peak when the rise has but one step', () => {
    expect(oneCycle({ pctStart: 0.1 })({ step: 0, epoch: 0, totalSteps: 10 })).toBe(1)
  })

  test('cosine with a warm-up longer than the run only rises', () => {
    const factors = [0, 1, 2].map((step) => cosine({ warmup: 10 })({ step, epoch: 0, totalSteps: 3 }))
    close(factors, [0.1, 0.2, 0.3], 1e-15)
  })

  test('take the settings that the solver knows of, and check them', () => {
    for (const [name, settings] of Object.entries(scheduleSettingsOf)) {
      const make = schedules[name as keyof typeof schedules] as (settings: object) => Schedule
      for (const setting of settings) {
        expect(() => make({ [setting]: Number.NaN })).toThrow(
          new RegExp(`^${name}: ${setting} must be .*, but got NaN$`),
        )
      }
    }
  })
})

describe('cosPi', () => {
  test('is cos(π·t) to rounding, and exact where that is', () => {
    for (let i = 0; i <= 1000; i++) {
      const t = i / 1000
      expect(Math.abs(cosPi(t) - Math.cos(Math.PI * t))).toBeLessThan(1e-15)
    }
    expect([cosPi(0), cosPi(0.5), cosPi(1)]).toEqual([1, 0, -1])
  })
})

describe('reduceOnPlateau', () => {
  const fold = (accuracies: number[], options?: { by?: number; patience?: number }): number[] => {
    const next = reduceOnPlateau(options)
    let state = startOfPlateau
    return accuracies.map((accuracy) => {
      state = next(state, accuracy)
      return state.factor
    })
  }

  test('multiplies after more than `patience` epochs without a rise, and waits anew', () => {
    expect(fold([0.5, 0.5, 0.4, 0.5, 0.5, 0.5], { by: 0.5, patience: 1 })).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25])
    expect(fold([0.5, 0.4, 0.6, 0.6, 0.7], { by: 0.5, patience: 1 })).toEqual([1, 1, 1, 1, 1])
    expect(fold([0.5, 0.5, 0.5], { by: 0.5, patience: 0 })).toEqual([1, 0.5, 0.25])
  })

  test('by default by 0.1 after ten epochs', () => {
    const factors = fold(new Array<number>(12).fill(0.5))
    expect(factors.slice(0, 11)).toEqual(new Array(11).fill(1))
    expect(factors[11]).toBe(0.1)
  })

  test('a NaN is no rise', () => {
    expect(fold([0.5, Number.NaN, Number.NaN], { by: 0.5, patience: 0 })).toEqual([1, 0.5, 0.25])
  })

  test.each([
    [{ by: 0 }, 'reduceOnPlateau: by must be in (0, 1), but got 0'],
    [{ by: 1 }, 'reduceOnPlateau: by must be in (0, 1), but got 1'],
    [{ patience: -1 }, 'reduceOnPlateau: patience must be an integer ≥ 0, but got -1'],
  ])('%j is refused', (options, message) => {
    expect(() => reduceOnPlateau(options)).toThrow(new ArgumentError(message))
  })
})
