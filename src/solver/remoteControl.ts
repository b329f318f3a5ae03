import { ArgumentError, type StopSignal, shown } from '../errors/index.ts'
import type { Consumer } from './runToEnd.ts'

/** What is used of a worker's global object, or of a MessagePort. */
export interface ControlPort {
  /** Calls the listener with each message. */
  addEventListener(type: 'message', listener: (event: object) => void): void
  /** What a MessagePort waits for. */
  start?(): void
}

/** What a run is steered by. */
export interface RemoteControl extends Consumer {
  /** The option `signal` of the run. */
  readonly signal: StopSignal
}

/**
 * Lets another thread steer a run: it posts 'pause', 'resume' or 'stop' to this port
 *
 * Its `signal` is an option of the run, and it is itself a consumer for `runToEnd`, which waits while it is paused. What is stopped ends
 * with the status 'interrupted', also from a pause. Other messages are left to others.
 *
 * @param port  `self` in a Web Worker, or a MessagePort
 * @returns     { signal, see }
 * @throws      ArgumentError for what is no port
 * @example     const { port1, port2 } = new MessageChannel()
 *              const control = remoteControl(port1)
 *              port2.postMessage('stop')
 *              control.signal.aborted   // false
 */
export const remoteControl = (port: ControlPort): RemoteControl => {
  if (typeof port?.addEventListener !== 'function') {
    throw new ArgumentError(`remoteControl: port must be self in a worker or a MessagePort, but got ${shown(port)}`)
  }
  const stop = new AbortController()
  let resume = (): void => {}
  let paused: Promise<void> | undefined
  port.addEventListener('message', (event) => {
    const { data } = event as { readonly data?: unknown }
    if (data === 'stop') stop.abort()
    if (data === 'stop' || data === 'resume') {
      resume()
      paused = undefined
    } else if (data === 'pause') {
      paused ??= new Promise((resolve) => {
        resume = resolve
      })
    }
  })
  port.start?.()
  return { signal: stop.signal, see: () => paused }
}
