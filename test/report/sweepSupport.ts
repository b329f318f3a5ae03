import { key, normal, uniform as uniforms } from '../../src/random/index.ts'
import type { SweepRecord } from '../../src/report/index.ts'
import { domainOf, type Params, type Reported, type Trial } from '../../src/sweep/index.ts'
import { choice, int, isActive, logUniform, type Space, uniform, valueAt, when } from '../../src/sweep/space/index.ts'
import { figureOf, textOf } from './support.ts'

export const space = {
  learningRate: logUniform(1e-5, 1e-1),
  reg: logUniform(1e-6, 1e-1),
  hidden: int(32, 512, { step: 32 }),
  layers: int(1, 4),
  updateRule: choice(['sgdMomentum', 'adam']),
  momentum: when('updateRule', ['sgdMomentum'], uniform(0.5, 0.99)),
  keepProb: uniform(0.5, 1),
} satisfies Space

export const trial = (number: number, more: Partial<Trial> = {}): Trial => ({
  ...{ number, state: 'complete', params: {}, value: undefined, reported: [], notes: {}, reason: undefined },
  ...{ attempts: 1, began: 1.7e12 + 4000 * number, ended: 1.7e12 + 4000 * number + 7300 },
  ...more,
})

const drawnFrom = (from: Space, count: number): Params[] => {
  const entries = Object.entries(from)
  const u = uniforms(key(11), [count, entries.length], 0, 1, 'float64').data
  return Array.from({ length: count }, (_, i) => {
    const params: Record<string, Params[string]> = {}
    for (const [j, [name, entry]] of entries.entries()) {
      if (isActive(from, params, name)) params[name] = valueAt(domainOf(entry), u[i * entries.length + j] as number)
    }
    return params
  })
}

/** An accuracy that depends on the learning rate most, then on the rule, then on the width. */
const accuracyOf = (params: Params, noise: number): number => {
  const rate = Math.log10((params.learningRate as number | undefined) ?? 1e-3)
  const ideal = params.updateRule === 'adam' ? -3 : -2
  const width = ((params.hidden as number | undefined) ?? 256) / 512
  return Math.min(0.99, Math.max(0.1, 0.93 - 0.12 * (rate - ideal) ** 2 + 0.05 * width + 0.015 * noise))
}

/** A sweep that never was: a third of the trials is pruned after some of ten epochs, one in 25 has no value. */
export const sweepRecord = (count: number, from: Space = space): SweepRecord => {
  const noise = normal(key(12), [count], 1, 'float64').data
  const trials = drawnFrom(from, count).map((params, number): Trial => {
    const value = accuracyOf(params, noise[number] as number)
    const curve = (epochs: number): Reported[] =>
      Array.from({ length: epochs }, (_, i) => ({ step: i + 1, value: value * (1 - 0.75 ** (i + 2)) }))
    if (number % 50 === 17) {
      return trial(number, { params, state: 'failed', reason: 'Error: out of memory\n    at objective (sweep.ts:3:7)' })
    }
    if (number % 50 === 42)
      return trial(number, { params, state: 'diverged', reason: 'step 3: NaN', reported: curve(2) })
    if (number >= 8 && value < 0.82 && number % 5 !== 0) {
      const reported = curve(1 + (number % 6))
      const last = reported.at(-1) as Reported
      return trial(number, { params, state: 'pruned', value: last.value, reported, reason: 'below the median' })
    }
    return trial(number, { params, value, reported: curve(10) })
  })
  return {
    title: 'CIFAR-10, fully connected',
    command: `npx tsx experiments/sweep-cifar10.ts --trials ${count} --workers 2`,
    direction: 'maximize',
    space: from,
    sampler: 'tpe({"startup":10})',
    pruner: 'asha({"reduction":3})',
    seed: 231,
    trials,
    facts: [
      ['workers', '2'],
      ['node', 'v22.1.0'],
    ],
    rerun: ({ number }) => `npx tsx experiments/sweep-cifar10.ts --retrain ${number}`,
  }
}

/** Twenty parameters, numbers and choices. */
export const wideSpace: Space = Object.fromEntries(
  Array.from({ length: 20 }, (_, i) =>
    i === 0
      ? ['learningRate', logUniform(1e-5, 1e-1)]
      : [`parameter number ${i}`, i % 4 === 3 ? choice(['relu', 'gelu', 'tanh']) : uniform(0, i)],
  ),
)

// ---- what a page draws ----

export type Pixel = readonly [x: number, y: number]

/** One path of a drawing: dots, crosses or lines of one look. */
export interface Mark {
  readonly color: string
  readonly lines: readonly (readonly Pixel[])[]
}

/** The marks of a drawing, in the order that they were drawn. */
export const marksOf = (figure: string): readonly Mark[] =>
  [...figure.matchAll(/<path d="([^"]*)" fill="none" stroke="var\(--(\w+)\)"([^>]*)>/g)]
    // Axes and their lines have no round joins.
    .filter(([, , , rest = '']) => rest.includes('stroke-linejoin="round"'))
    .map(([, d = '', color = '']) => ({
      color,
      lines: d
        .split('M')
        .slice(1)
        .map((line) => line.split('L').map((pixel) => pixel.trim().split(/[ ,]/).map(Number) as unknown as Pixel)),
    }))
export const startsIn = (mark: Mark | undefined): readonly Pixel[] => mark?.lines.map((line) => line[0] as Pixel) ?? []
export const lengthsIn = (mark: Mark | undefined): readonly number[] => mark?.lines.map((line) => line.length) ?? []
export const marks = (page: string, id: string, color: string): readonly Mark[] =>
  marksOf(figureOf(page, id)).filter((mark) => mark.color === color)
export const startsOf = (page: string, id: string, color: string) => marks(page, id, color).flatMap(startsIn)

export const rowsOf = (page: string): string[][] =>
  [...page.matchAll(/<tr class="\w+">(.*?)<\/tr>/gs)].map(([, cells = '']) =>
    [...cells.matchAll(/<td>(.*?)<\/td>/gs)].map(([, cell = '']) => textOf(cell)),
  )
