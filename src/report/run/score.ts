import { percent, short } from '../page/numbers.ts'
import type { ScoreRecord } from './record.ts'

export const isAccuracy = ({ name }: ScoreRecord): boolean => name === 'accuracy'

/** An accuracy in percent, another score as it is. */
export const scoreText = (score: ScoreRecord, value: number): string =>
  isAccuracy(score) ? percent(value) : short(value, 4)
