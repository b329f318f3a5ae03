import type { FastRecipe } from './fastRecipe.ts'
import type { AskedRow, Question } from './measuredRuns.ts'

/** What becomes of a recipe that lacks a method. */
type Change = (recipe: FastRecipe) => Partial<FastRecipe>

const augmented =
  (change: Partial<FastRecipe['augment']>): Change =>
  ({ augment }) => ({ augment: { ...augment, ...change } })

/** The methods of a recipe, each with what stands in its place when it is left out. */
export const leaveOut = {
  whitening: () => ({ firstLayer: 'he' }),
  dirac: () => ({ filters: 'he' }),
  shiftRate: () => ({ shiftRate: 1 }),
  noScales: () => ({ batchnormScale: true }),
  batchnormMomentum: () => ({ batchnormMomentum: 0.9 }),
  scoreScale: () => ({ scoreScale: 1 }),
  labelSmoothing: () => ({ labelSmoothing: 0 }),
  weightDecay: () => ({ weightDecay: 0 }),
  nesterov: () => ({ updateRule: 'sgdMomentum' }),
  warmUp: ({ schedule }) => ({ schedule: { ...schedule, start: 1 } }),
  schedule: () => ({ schedule: { start: 1, peak: 0.5, end: 1 } }),
  average: () => ({ average: 0 }),
  alternate: augmented({ flip: true }),
  mirror: augmented({ flip: false }),
  reflect: augmented({ border: 'zero' }),
  shift: augmented({ shift: 0 }),
} as const satisfies Readonly<Record<string, Change>>

export type Method = keyof typeof leaveOut
export const methods = Object.keys(leaveOut) as Method[]

/** The recipe without a method. */
export const without = (recipe: FastRecipe, method: Method): FastRecipe => ({
  ...recipe,
  ...(leaveOut[method] as Change)(recipe),
})

/** What a table asks: the whole recipe, and the recipe without each of these methods, each with these seeds. */
export const ablation = (
  name: string,
  recipe: FastRecipe,
  leftOut: readonly Method[],
  seeds: readonly number[],
  asked: Pick<Question, 'on' | 'backend'>,
): AskedRow<FastRecipe>[] => {
  const row = (name: string, recipe: FastRecipe): AskedRow<FastRecipe> => ({
    name,
    questions: seeds.map((seed) => ({ recipe, seed, ...asked })),
  })
  return [row(name, recipe), ...leftOut.map((method) => row(`without ${method}`, without(recipe, method)))]
}
