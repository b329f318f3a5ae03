import type { Requirement } from '../tensor/index.ts'

/** What is a share of something, neither nothing nor all of it. */
export const properFraction: Requirement = {
  expected: 'a number in (0, 1)',
  holds: (value) => typeof value === 'number' && value > 0 && value < 1,
}
