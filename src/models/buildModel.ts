import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { canonical, isRecord, type Json, OptionError, shown } from '../errors/index.ts'
import { buildNet, type LayerSpec, type LayerType } from '../layers/index.ts'
import type { Shape } from '../tensor/index.ts'
import { classification } from './classification.ts'
import { type Classifier, classifier } from './classifier.ts'
import { regression } from './regression.ts'
import type { Task } from './task.ts'
import { binary, multiLabel } from './yesOrNo.ts'

const refuse = (message: string): never => {
  throw new OptionError(`buildModel: ${message}`)
}

const tasks: Readonly<Record<string, (options: never) => unknown>> = {
  classification,
  regression,
  binary,
  multiLabel,
}

const taskOf = (spec: Json | undefined): Task<never> => {
  const { type, ...options } = isRecord(spec) ? spec : {}
  const make = typeof type === 'string' && Object.hasOwn(tasks, type) ? tasks[type] : undefined
  if (make === undefined) {
    const known = Object.keys(tasks).map((name) => `'${name}'`)
    return refuse(
      `the task ${(isRecord(spec) ? canonical(spec) : shown(spec)).slice(0, 80)} is not known; its type is one of ${known.join(', ')}`,
    )
  }
  return make(options as never) as Task<never>
}

/**
 * The model that a spec describes: `buildModel(model.spec)` is `model` but for its weights
 *
 * @param spec  of a model: its net, the shape of an example, task, regularization and precision
 * @param own   types of layers of your own, from `defineLayer`
 * @returns     left(OptionError) for what is missing, unknown or does not fit; nothing large is allocated
 * @example     pipe(buildModel(classifier(affine(3), { inShape: [4] }).spec!), E.map((model) => model.outShape))   // right([3])
 * @see         `buildNet`
 */
export const buildModel = (spec: Json, own: readonly LayerType<never>[] = []): E.Either<OptionError, Classifier> =>
  isRecord(spec)
    ? pipe(
        buildNet(spec.net as LayerSpec, own),
        E.chain((net) =>
          E.tryCatch(
            () => {
              const { inShape, reg, dtype } = spec as { inShape: Shape; reg: number; dtype: 'float32' }
              const model = classifier(net, { inShape, task: taskOf(spec.task), reg, dtype })
              // What is filled in or left out would make two specs of one model.
              if (canonical(model.spec ?? null) !== canonical(spec)) {
                refuse('a spec has net, inShape, task, reg and dtype, each with all its options, and nothing else')
              }
              return model as unknown as Classifier
            },
            (reason) =>
              reason instanceof OptionError ? reason : new OptionError(`buildModel: ${(reason as Error).message}`),
          ),
        ),
      )
    : E.left(new OptionError('buildModel: a spec is a record with net, inShape, task, reg and dtype'))
