import { setTimeout as pause } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { messageOf } from '../../files/index.ts'
import { type JobResult, SweepError } from '../../sweep/index.ts'
import type { JobSpec } from '../wire/jobSpec.ts'
import type { WorkerMessage } from '../wire/messages.ts'
import { send } from '../wire/messages.ts'
import { trialFolder } from './attemptFolder.ts'
import type { SessionPool } from './sessionPool.ts'
import type { WorkEvent } from './workOptions.ts'

const AGAIN = 1000 // milliseconds until a result is said again

/** Of a worker: who it is, and where what it says and keeps goes. */
export interface JobContext {
  readonly me: string
  readonly client: Redis
  /** The key of the answers. */
  readonly answers: string
  /** The folder of all checkpoints. */
  readonly root: string
  readonly see: (event: WorkEvent) => void
}

type Noted = Extract<WorkerMessage, { _tag: 'Noted' }>

/**
 * Runs the trial of a spec and says what comes of it, unless it is interrupted
 *
 * @param isFinished  whether the study is: then nobody needs the checkpoints of an attempt that is interrupted, since another one won
 */
export const runJob = async (
  spec: JobSpec,
  sessionPool: SessionPool,
  { me, client, answers, root, see }: JobContext,
  isFinished: () => boolean,
): Promise<JobResult['_tag']> => {
  const { session, number, params, attempt, token, sees } = spec
  const of = { session, number, token }
  const tell = (message: WorkerMessage): Promise<void> => send(client, answers, message)
  /** A result must arrive: while the server refuses it, e.g. since its memory is full, it is said again. */
  const sendUntilReceived = async (message: WorkerMessage): Promise<void> => {
    for (;;) {
      try {
        return await tell(message)
      } catch (reason) {
        see({ _tag: 'Warned', message: `workOnQueue: ${messageOf(reason)}; it is tried again` })
        await pause(AGAIN)
      }
    }
  }
  // The result has all reports and notes again.
  const ignore = (): void => {}
  const listener = {
    reported: (step: number, value: number) => void tell({ _tag: 'Reported', ...of, step, value }).catch(ignore),
    noted: (name: string, value: Noted['value']) => void tell({ _tag: 'Noted', ...of, name, value }).catch(ignore),
    alive: ignore,
  }
  const seen = await sessionPool.seenBy(sees)
  const pool = await sessionPool.pool
  if (seen.length < sees) return 'Interrupted'
  const folder = trialFolder(root, number, attempt)
  see({ _tag: 'Begun', number, attempt })
  const jobResult = await pool.run({ number, params, attempt, folder: folder.path }, seen, listener)
  if (jobResult._tag === 'Interrupted') {
    if (isFinished()) folder.remove()
    return jobResult._tag
  }
  // The trial goes back to the queue, and this worker away from it.
  if (jobResult._tag === 'Unfit') throw new SweepError(`workOnQueue: ${jobResult.reason}`)
  if (jobResult._tag === 'Lost') {
    await sendUntilReceived({ ...jobResult, ...of, worker: me })
    return jobResult._tag
  }
  const { outcome } = jobResult
  await sendUntilReceived({ _tag: 'Ended', ...of, outcome, worker: me })
  folder.remove()
  see({ _tag: 'Ended', number, state: outcome.state, value: outcome.value })
  return jobResult._tag
}
