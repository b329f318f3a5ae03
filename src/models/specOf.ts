import * as E from 'fp-ts/lib/Either.js'
import { type Json, OptionError } from '../errors/index.ts'
import { partsOf } from '../layers/index.ts'
import type { Model } from './model.ts'

/** What a model says of itself; a left with the remedy for one that does not. */
export const specOf = ({ spec, net }: Model<unknown>, where: string): E.Either<OptionError, Json> => {
  if (spec !== undefined) return E.right(spec)
  const plain = net && partsOf(net).find(({ name }) => /(^|\.)layer\d+$/.test(name))
  const what = plain === undefined ? 'the model' : `its ${plain.name}`
  const remedy =
    plain === undefined
      ? "give it a spec, any JSON that tells it from other models, e.g. { ...model, spec: 'my net, 3 layers' }"
      : "make that layer with defineLayer('swish', () => layer)"
  return E.left(new OptionError(`${where}: ${what} does not say what it is; ${remedy}`))
}
