export { onQueue, type QueueOptions } from './controller/controller.ts'
export { workOnQueue } from './worker/workOnQueue.ts'
export type { WorkEvent, WorkOptions, WorkResult } from './worker/workOptions.ts'
