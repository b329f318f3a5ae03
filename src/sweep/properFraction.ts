import { requirement } from '../errors/index.ts'

/** What is a share of something, neither nothing nor all of it. */
export const properFraction = requirement<number>(
  'a number in (0, 1)',
  (value) => typeof value === 'number' && value > 0 && value < 1,
)
