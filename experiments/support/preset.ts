import type { FullyConnectedNetOptions, SolverOptions } from '../../src/index.ts'

/** Settings with a name, and what they should reach. */
export interface Preset {
  readonly net: FullyConnectedNetOptions
  readonly solver: SolverOptions
  readonly band: { readonly of: 'validation' | 'test'; readonly from: number; readonly to: number }
}

/** Whether a run reached what its preset promises. */
export const verdict = (name: string, { band }: Preset, accuracies: { validation: number; test: number }): string => {
  const reached = accuracies[band.of]
  const place = reached < band.from ? 'below' : reached > band.to ? 'above' : 'within'
  return `preset ${name}: ${band.of} accuracy ${reached.toFixed(4)} is ${place} its band ${band.from} – ${band.to}`
}
