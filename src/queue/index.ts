export { onQueue, type QueueOptions } from './controller.ts'
export { type WorkEvent, type WorkOptions, type WorkResult, workOnQueue } from './workOnQueue.ts'
