import * as E from 'fp-ts/lib/Either.js'
import { orThrow as right } from '../../src/errors/index.ts'
import type { Study } from '../../src/sweep/sweep.ts'
import type { Trial } from '../../src/sweep/trial.ts'

export { right }

/** The message of something that must be left. */
export const messageOf = (result: E.Either<Error, unknown>): string => {
  if (E.isRight(result)) throw new Error('expected a left')
  return result.left.message
}

/** The module of a study in `studies`, and the study. */
export const studyModule = async (name: string): Promise<{ readonly module: string; readonly study: Study }> => {
  const module = new URL(`./studies/${name}.ts`, import.meta.url).href
  const { default: study } = (await import(/* @vite-ignore */ module)) as { default: E.Either<Error, Study> }
  return { module, study: right(study) }
}

/** What a table says apart from times, attempts and places in files. */
export const essence = (trials: readonly Trial[]): readonly object[] =>
  trials.map(({ number, state, params, value, reported, notes, reason }) => ({
    ...{ number, state, params, value, reported, notes },
    reason: reason?.split('\n', 1)[0],
  }))
