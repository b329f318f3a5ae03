import type { FullyConnectedNetOptions, SolverOptions } from '../../src/index.ts'

/** Settings with a name, and what they should reach. */
export interface Preset {
  readonly net: FullyConnectedNetOptions
  readonly solver: SolverOptions
  readonly band: Band
}

/** Where an accuracy should be at the end. */
export interface Band {
  readonly of: 'training' | 'validation' | 'test'
  readonly from: number
  readonly to: number
}

/** Whether a run reached what its preset promises. */
export const verdict = (
  name: string,
  { band }: { readonly band: Band },
  accuracies: { readonly [of in Band['of']]?: number },
): string => {
  const reached = accuracies[band.of] ?? Number.NaN
  const place = reached < band.from ? 'below' : reached > band.to ? 'above' : 'within'
  return `preset ${name}: ${band.of} accuracy ${reached.toFixed(4)} is ${place} its band ${band.from} – ${band.to}`
}
