import { setTimeout as sleep } from 'node:timers/promises'

export type Interrupt = 'SIGINT' | 'SIGTERM'

/** What a shell expects of a process that a signal ended. */
export const exitCodes: Readonly<Record<Interrupt, number>> = { SIGINT: 130, SIGTERM: 143 }

const names = ['SIGINT', 'SIGTERM'] as const

// The command tsx sends a signal again that a busy process has not answered within some milliseconds; that is no second Ctrl-C.
const ECHO = process.execArgv.some((word) => word.includes('preflight')) ? 250 : 0 // milliseconds

/** The first Ctrl-C or SIGTERM asks a run to end well; a second ends the process at once. */
export interface Interruption {
  readonly signal: AbortSignal
  /** What came, if it did. */
  readonly by: () => Interrupt | undefined
  /** From then on a signal ends the process at once, also while it computes. */
  readonly release: () => Promise<void>
}

export const interruption = (): Interruption => {
  const controller = new AbortController()
  let first: { readonly by: Interrupt; readonly time: number } | undefined
  // Without a listener the system ends the process.
  const remove = (): void => {
    for (const name of names) process.removeListener(name, listener)
  }
  const listener = (by: Interrupt): void => {
    if (first !== undefined) {
      if (by === first.by) return
      remove()
      process.kill(process.pid, by)
      return
    }
    // Before it is told, since the second may follow at once.
    if (ECHO === 0) remove()
    else setTimeout(remove, ECHO).unref()
    first = { by, time: performance.now() }
    // Below the bar, if there is one.
    process.stderr.write(`${process.stderr.isTTY ? '\n' : ''}stopping after this step; once more to stop at once\n`)
    controller.abort()
  }
  for (const name of names) process.on(name, listener)
  return {
    signal: controller.signal,
    by: () => first?.by,
    release: async () => {
      if (first !== undefined) await sleep(Math.max(0, first.time + ECHO - performance.now()))
      remove()
    },
  }
}
