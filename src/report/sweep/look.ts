import { series } from '../page/chart.ts'
import type { Key } from '../page/figure.ts'

/** One colour for one thing on the whole page. */
export const looks = {
  best: series(1),
  complete: series(0),
  pruned: series(7),
  failed: 'var(--wrong)',
} as const

export const keys = {
  best: { text: 'best trial', color: looks.best },
  bestSoFar: { text: 'best so far', color: looks.best },
  complete: { text: 'complete', color: looks.complete, block: true },
  pruned: { text: 'pruned', color: looks.pruned, block: true },
  failed: { text: 'diverged or failed', color: looks.failed, block: true },
} as const satisfies Readonly<Record<string, Key>>

/** Many dots are smaller. */
export const dotWidth = (count: number): number => (count <= 150 ? 7 : count <= 1000 ? 5 : 3)
