import { SweepError } from '../errors.ts'
import type * as node from './pool.ts'

export const startThreads: typeof node.startThreads = async () => {
  throw new SweepError(
    'worker threads are those of Node; in a page leave module out, and run the sweep in a Web Worker',
  )
}
