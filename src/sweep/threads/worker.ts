import type * as E from 'fp-ts/lib/Either.js'
import { runTrial } from '../engine/attempt.ts'
import { identityOf } from '../identity.ts'
import type { Study } from '../sweep.ts'
import type { Trial } from '../trial.ts'
import { type Assignment, failureBy, type Setup, type WorkerMessage } from './messages.ts'
import { fromWire } from './sharing.ts'

const studyIn = async (module: string, expected: string): Promise<Study> => {
  const { default: found } = (await import(module)) as { readonly default?: Study | E.Either<Error, Study> }
  if (found === undefined) throw new Error(`${module} has no default export; write: export default sweep({ … })`)
  const study = found._tag === 'Right' ? found.right : found
  if (study._tag === 'Left') throw study.left
  if (study._tag !== 'Study')
    throw new Error(`the default export of ${module} is no study; write: export default sweep({ … })`)
  if (identityOf(study) !== expected) {
    throw new Error(
      `the default export of ${module} is another study in a worker: ${identityOf(study)} instead of ${expected}; it must not depend on what only the calling thread knows`,
    )
  }
  return study
}

/** The life of a worker: it loads the study, says so, and runs a trial for each assignment that comes. */
export const serve = async ({ module, study: expected, data: wire, port }: Setup): Promise<void> => {
  const send = (message: WorkerMessage): void => port.postMessage(message)
  // Said here, since node reads some errors of other threads without end.
  process.on('uncaughtException', (error) => {
    send(failureBy(error))
    process.exit(1)
  })
  const study = await studyIn(module, expected)
  const data = fromWire(wire)
  const known: Trial[] = []
  const listener = {
    reported: (step: number, value: number) => send({ _tag: 'Reported', step, value }),
    noted: (name: string, value: Extract<WorkerMessage, { _tag: 'Noted' }>['value']) =>
      send({ _tag: 'Noted', name, value }),
    alive: () => send({ _tag: 'Alive' }),
  }
  const runAssignment = async ({ job, news, sees }: Assignment): Promise<void> => {
    known.push(...news)
    send(await runTrial({ study, job, seen: known.slice(0, sees), data, listener }))
  }
  port.on('message', (assignment: Assignment) => void runAssignment(assignment))
  send({ _tag: 'Ready' })
}
