import { present } from './cli.ts'

const names = {
  training: 'training accuracy',
  validation: 'validation accuracy',
  test: 'test accuracy',
  views: 'test accuracy with views',
}

/** What an accuracy is of; views are several of each test image. */
type Of = keyof typeof names

/** Fractions of 1; what a run does not have is absent. */
export type Accuracies = { readonly [of in Of]?: number | undefined }

/** Where an accuracy should be at the end. */
export interface Band {
  readonly of: Of
  readonly from: number
  readonly to: number
}

/** Accuracies beside each other: one never stands for another. */
export const accuraciesText = (accuracies: Accuracies): string =>
  (Object.entries(present(accuracies)) as [Of, number][])
    .map(([of, reached]) => `${names[of]} ${reached.toFixed(4)}`)
    .join(', ')

/** Whether a run reached what its preset promises. */
export const verdict = (name: string, { band }: { readonly band: Band }, accuracies: Accuracies): string => {
  const reached = accuracies[band.of] ?? Number.NaN
  const place = reached < band.from ? 'below' : reached > band.to ? 'above' : 'within'
  return `preset ${name}: ${names[band.of]} ${reached.toFixed(4)} is ${place} its band ${band.from} – ${band.to}`
}
