import { setTimeout as pause } from 'node:timers/promises'
import { messageOf } from '../files/index.ts'
import type { Desk } from './desk.ts'
import type { Jobs } from './jobs.ts'
import type { Mailbox } from './mailbox.ts'

const WAIT = 500 // milliseconds, for answers
const LOOK = 2000 // milliseconds between looks at what no worker says

export interface WatchOptions {
  readonly box: Mailbox
  readonly desk: Desk
  readonly jobs: Jobs
  readonly isRecorded: (number: number) => boolean
  /** Puts back what else the server may have lost. */
  readonly repair: () => Promise<void>
  readonly warn: (message: string) => void
}

/** A controller's watch over its queue. */
export interface Watch {
  /** Takes in what was said before. */
  readonly catchUp: () => Promise<void>
  /** Runs until `stop`. */
  readonly run: () => Promise<void>
  readonly stop: () => void
}

export const watch = ({ box, desk, jobs, isRecorded, repair, warn }: WatchOptions): Watch => {
  /** Ids of results that stay in Redis until they are recorded. */
  const kept = new Map<number, string[]>()
  let isStopped = false

  /** Reads what there is; returns how much it was. */
  const read = async (wait: number, isOld = false): Promise<number> => {
    const entries = await box.read(wait)
    const gone: string[] = []
    for (const [id, answer] of entries) {
      if (answer === undefined || desk.hear(answer, isOld)) gone.push(id)
      else if (answer._tag === 'Ended') kept.set(answer.number, [...(kept.get(answer.number) ?? []), id])
    }
    for (const [number, ids] of kept) {
      if (!isRecorded(number)) continue
      gone.push(...ids)
      kept.delete(number)
    }
    await box.drop(gone)
    return entries.length
  }
  const readAll = async (isOld: boolean): Promise<void> => {
    while ((await read(0, isOld)) > 0);
  }
  const look = async (): Promise<void> => {
    const missing = await jobs.missing(desk.open())
    const failed = await jobs.takeFailed()
    // What workers said before their jobs ended comes first.
    await readAll(false)
    for (const [token, reason] of failed) desk.lose(token, `its worker died or was cut off (${reason})`)
    // The server has forgotten them, as after a crash without an append-only file.
    for (const plan of missing) if (desk.isOpen(plan)) await jobs.add(plan)
    await repair()
  }
  const run = async (): Promise<void> => {
    let looked = Date.now()
    while (!isStopped) {
      try {
        await read(WAIT)
        if (Date.now() - looked < LOOK) continue
        await look()
        looked = Date.now()
      } catch (reason) {
        if (isStopped) return
        // While the server is away, commands wait; this is one that it refused.
        warn(`onQueue: ${messageOf(reason)}; it is tried again`)
        await pause(LOOK)
      }
    }
  }
  return {
    catchUp: () => readAll(true),
    run,
    stop: () => {
      isStopped = true
    },
  }
}
