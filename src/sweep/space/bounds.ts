import type { Choice, Domain } from './domain.ts'

export type Numeric = Exclude<Domain, Choice>

/** A normal domain ends here, in standard deviations: what lies outside has a probability of 2e-19. */
const NORMAL_END = 9

/** The smallest and the largest value. */
export const boundsOf = (domain: Numeric): readonly [low: number, high: number] =>
  domain.kind === 'normal'
    ? [domain.mean - NORMAL_END * domain.std, domain.mean + NORMAL_END * domain.std]
    : [domain.low, domain.high]
