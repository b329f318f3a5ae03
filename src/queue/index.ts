export { onQueue } from './controller/controller.ts'
export type { QueueOptions } from './wire/address.ts'
export { workOnQueue } from './worker/workOnQueue.ts'
export type { WorkEvent, WorkOptions, WorkResult } from './worker/workOptions.ts'
