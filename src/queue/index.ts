export { onQueue, type QueueOptions } from './controller.ts'
export { workOnQueue } from './workOnQueue.ts'
export type { WorkEvent, WorkOptions, WorkResult } from './workOptions.ts'
