import { setTimeout as pause } from 'node:timers/promises'
import { messageOf } from '../../files/index.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { Inbox } from './inbox.ts'
import type { Jobs } from './jobs.ts'

const WAIT = 500 // milliseconds, for answers
const LOOK = 2000 // milliseconds between looks at what no worker says

export interface MonitorOptions {
  readonly inbox: Inbox
  readonly dispatcher: Dispatcher
  readonly jobs: Jobs
  readonly isRecorded: (number: number) => boolean
  /** Puts back what else the server may have lost. */
  readonly repair: () => Promise<void>
  readonly warn: (message: string) => void
}

/** Watches the queue of a controller. */
export interface Monitor {
  /** Takes in what was said before. */
  readonly catchUp: () => Promise<void>
  /** Runs until `stop`. */
  readonly run: () => Promise<void>
  readonly stop: () => void
}

export const monitorOf = ({ inbox, dispatcher, jobs, isRecorded, repair, warn }: MonitorOptions): Monitor => {
  /** Ids of results that stay in Redis until they are recorded. */
  const kept = new Map<number, string[]>()
  let isStopped = false

  /** Reads what there is; returns how much it was. */
  const read = async (wait: number, isOld = false): Promise<number> => {
    const entries = await inbox.read(wait)
    const gone: string[] = []
    for (const [id, message] of entries) {
      if (message === undefined || dispatcher.receive(message, isOld)) gone.push(id)
      else if (message._tag === 'Ended') kept.set(message.number, [...(kept.get(message.number) ?? []), id])
    }
    for (const [number, ids] of kept) {
      if (!isRecorded(number)) continue
      gone.push(...ids)
      kept.delete(number)
    }
    await inbox.remove(gone)
    return entries.length
  }
  const readAll = async (isOld: boolean): Promise<void> => {
    while ((await read(0, isOld)) > 0);
  }
  const look = async (): Promise<void> => {
    const missing = await jobs.missing(dispatcher.pending())
    const failed = await jobs.takeFailed()
    // What workers said before their jobs ended comes first.
    await readAll(false)
    for (const [token, reason] of failed) dispatcher.markLost(token, `its worker died or was cut off (${reason})`)
    // The server has forgotten them, as after a crash without an append-only file.
    for (const spec of missing) if (dispatcher.isPending(spec)) await jobs.add(spec)
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
