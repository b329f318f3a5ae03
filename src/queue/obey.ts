import { setTimeout as pause } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { messageOf } from '../files/index.ts'
import { SweepError, type Verdict } from '../sweep/index.ts'
import type { Answer } from './answers.ts'
import { trialFolder } from './attemptFolder.ts'
import { say } from './mailbox.ts'
import type { Plan } from './plan.ts'
import type { Shift } from './shift.ts'
import type { WorkEvent } from './workOptions.ts'

const AGAIN = 1000 // milliseconds until a result is said again

/** Of a worker: who it is, and where what it says and keeps goes. */
export interface Post {
  readonly me: string
  readonly client: Redis
  /** The key of the answers. */
  readonly answers: string
  /** The folder of all checkpoints. */
  readonly root: string
  readonly see: (event: WorkEvent) => void
}

type Noted = Extract<Answer, { _tag: 'Noted' }>

/**
 * Runs the trial of a plan and says what comes of it, unless it is interrupted
 *
 * @param isFinished  whether the study is: then nobody needs the checkpoints of an attempt that is interrupted, since another one won
 */
export const obey = async (
  plan: Plan,
  shift: Shift,
  { me, client, answers, root, see }: Post,
  isFinished: () => boolean,
): Promise<Verdict['_tag']> => {
  const { session, number, params, attempt, token, sees } = plan
  const of = { session, number, token }
  const tell = (answer: Answer): Promise<void> => say(client, answers, answer)
  /** A result must arrive: while the server refuses it, e.g. since its memory is full, it is said again. */
  const insist = async (answer: Answer): Promise<void> => {
    for (;;) {
      try {
        return await tell(answer)
      } catch (reason) {
        see({ _tag: 'Warned', message: `workOnQueue: ${messageOf(reason)}; it is tried again` })
        await pause(AGAIN)
      }
    }
  }
  // The result has all reports and notes again.
  const hush = (): void => {}
  const listener = {
    reported: (step: number, value: number) => void tell({ _tag: 'Reported', ...of, step, value }).catch(hush),
    noted: (name: string, value: Noted['value']) => void tell({ _tag: 'Noted', ...of, name, value }).catch(hush),
    alive: hush,
  }
  const seen = await shift.seenBy(sees)
  const crew = await shift.crew
  if (seen.length < sees) return 'Interrupted'
  const folder = trialFolder(root, number, attempt)
  see({ _tag: 'Begun', number, attempt })
  const verdict = await crew.run({ number, params, attempt, folder: folder.path }, seen, listener)
  if (verdict._tag === 'Interrupted') {
    if (isFinished()) folder.remove()
    return verdict._tag
  }
  // The trial goes back to the queue, and this worker away from it.
  if (verdict._tag === 'Unfit') throw new SweepError(`workOnQueue: ${verdict.reason}`)
  if (verdict._tag === 'Lost') {
    await insist({ ...verdict, ...of, worker: me })
    return verdict._tag
  }
  const { outcome } = verdict
  await insist({ _tag: 'Ended', ...of, outcome, worker: me })
  folder.remove()
  see({ _tag: 'Ended', number, state: outcome.state, value: outcome.value })
  return verdict._tag
}
