import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Resolved, resolveOptions } from '../../errors/index.ts'
import { messageOf } from '../../files/index.ts'
import { identityOf, type Study, SweepError } from '../../sweep/index.ts'
import { connect } from '../wire/connect.ts'
import { asSweepError, serve } from './serve.ts'
import { type WorkOptions, type WorkResult, workOptions } from './workOptions.ts'

const checkedStudy = (study: Study): E.Either<SweepError, unknown> =>
  E.tryCatch(
    () => identityOf(study),
    (reason) => new SweepError(messageOf(reason).replace('identityOf', 'workOnQueue'), { cause: reason }),
  )

const work = async (study: Study, options: Resolved<typeof workOptions>): Promise<WorkResult> => {
  const client = await connect('workOnQueue', options)
  const main = client.duplicate()
  main.on('error', () => {})
  try {
    return await serve(study, options, client, main)
  } finally {
    client.disconnect()
    main.disconnect()
  }
}

/**
 * Runs trials of a study for a controller elsewhere, until the study is finished
 *
 * A worker runs the objective of its own module only, and refuses to work when its code or data are not the controller's.
 *
 * @param study    as the module exports it
 * @param options  see `WorkOptions`
 * @returns        how many trials it ended; left(SweepError): a wrong option, no such server, a wrong password, a server that is too
 *                 old, other code or other data than the controller's
 * @example        const study = orThrow(sweep({ space: { x: logUniform(1e-3, 1) }, objective: () => 1, direction: 'minimize', sampler: random(), trials: 9 }))
 *                 workOnQueue(study, { url: 'redis://localhost:6379', name: 'study', module: 'file:///study.ts' })()   // Promise of right({ done: 9, status: 'finished' })
 */
export const workOnQueue = (study: Study, options: WorkOptions): TE.TaskEither<SweepError, WorkResult> =>
  pipe(
    TE.fromEither(
      pipe(
        resolveOptions('workOnQueue', options, workOptions),
        E.mapLeft(({ message }) => new SweepError(message)),
        E.chainFirst(() => checkedStudy(study)),
      ),
    ),
    TE.chain((known) => TE.tryCatch(() => work(study, known), asSweepError)),
  )
