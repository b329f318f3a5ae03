import { onQueue, type WorkOptions, workOnQueue } from '../../src/queue/index.ts'
import { runSweep, type Study } from '../../src/sweep/index.ts'
import { right } from '../sweep/support.ts'
import steps from './studies/steps.ts'

export const module = new URL('./studies/steps.ts', import.meta.url).href
export const study: Study = right(steps)

/** A controller, and a worker, that are refused before they begin. */
export const control = (url: string, options: object = {}) =>
  runSweep(study, { pool: onQueue({ url, name: 'refused', module, ...options }) })()
export const work = (url: string, options: Partial<WorkOptions> = {}, of: Study = study) =>
  workOnQueue(of, { url, name: 'refused', module, workers: 1, ...options })()
