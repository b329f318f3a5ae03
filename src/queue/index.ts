/**
 * The trials of a sweep on other machines, through BullMQ on Redis. Needs the packages bullmq and ioredis.
 *
 * @module cachegrad/queue
 */

export { onQueue } from './controller/controller.ts'
export type { QueueOptions } from './wire/address.ts'
export { workOnQueue } from './worker/workOnQueue.ts'
export type { WorkEvent, WorkOptions, WorkResult } from './worker/workOptions.ts'
