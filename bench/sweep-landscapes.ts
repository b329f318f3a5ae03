import { choice, int, logUniform, type Space, uniform, when } from '../src/sweep/space/index.ts'
import type { Params } from '../src/sweep/trial.ts'

/** A function whose minimum is known. */
export interface Landscape {
  readonly name: string
  readonly space: Space
  readonly minimum: number
  value(params: Params): number
}

const numbers = (params: Params): readonly number[] => Object.values(params) as number[]

/** @see Dixon & Szegő, "The global optimization problem: an introduction", 1978 */
const branin: Landscape = {
  name: 'Branin (2 numbers)',
  space: { x1: uniform(-5, 10), x2: uniform(0, 15) },
  minimum: 0.397887,
  value: (params) => {
    const [x1, x2] = numbers(params) as [number, number]
    const valley = x2 - (5.1 / (4 * Math.PI ** 2)) * x1 ** 2 + (5 / Math.PI) * x1 - 6
    return valley ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x1) + 10
  },
}

const A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
]
const P = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]
const ALPHA = [1, 1.2, 3, 3.2]

/** @see Hartman, "Some experiments in global optimization", 1973; Picheny et al., 2013 */
const hartmann6: Landscape = {
  name: 'Hartmann (6 numbers)',
  space: Object.fromEntries([1, 2, 3, 4, 5, 6].map((i) => [`x${i}`, uniform(0, 1)])),
  minimum: -3.32237,
  value: (params) => {
    const x = numbers(params)
    return -ALPHA.reduce((sum, alpha, i) => {
      const distance = x.reduce((d, xj, j) => d + (A[i]?.[j] as number) * (xj - (P[i]?.[j] as number)) ** 2, 0)
      return sum + alpha * Math.exp(-distance)
    }, 0)
  },
}

const tenfolds = (value: number, best: number): number => Math.log10(value / best)

/** Like a net's error: a rule with settings of its own, a learning rate that suits the rule, a width, a depth. */
const mixed: Landscape = {
  name: 'mixed and conditional (log, int, choice; momentum of one rule, beta2 and epsilon of the other)',
  space: {
    rule: choice(['sgd', 'sgdMomentum', 'adam']),
    learningRate: logUniform(1e-5, 1),
    momentum: when('rule', ['sgdMomentum'], uniform(0.5, 0.99)),
    beta2: when('rule', ['adam'], uniform(0.9, 0.9999)),
    epsilon: when('rule', ['adam'], logUniform(1e-10, 1e-2)),
    hidden: int(16, 1024, { log: true }),
    layers: int(1, 6),
    keepProb: uniform(0.3, 1),
  },
  minimum: 0,
  value: ({ rule, learningRate, momentum, beta2, epsilon, hidden, layers, keepProb }) => {
    const net =
      tenfolds(hidden as number, 256) ** 2 + 0.1 * ((layers as number) - 3) ** 2 + 2 * ((keepProb as number) - 0.8) ** 2
    const rate = learningRate as number
    if (rule === 'sgd') return 0.3 + net + 0.3 * tenfolds(rate, 0.1) ** 2
    if (rule === 'sgdMomentum')
      return 0.1 + net + 0.3 * tenfolds(rate, 0.01) ** 2 + 4 * ((momentum as number) - 0.9) ** 2
    return (
      net +
      0.5 * tenfolds(rate, 1e-3) ** 2 +
      20 * ((beta2 as number) - 0.99) ** 2 +
      0.01 * tenfolds(epsilon as number, 1e-7) ** 2
    )
  },
}

export const landscapes: readonly Landscape[] = [branin, hartmann6, mixed]
