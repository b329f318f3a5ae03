import { isMainThread } from 'node:worker_threads'
import { serve } from './worker.ts'

/** In a bundle no file of its own holds the life of a worker. There the study's module brings it, which the worker imports anyway. */
export const bringWorker = (): void => {
  if (!isMainThread) Object.assign(globalThis, { [Symbol.for('cachegrad.sweep.serve')]: serve })
}
