import * as E from 'fp-ts/lib/Either.js'
import type * as node from './program.ts'

export const isWorkerOf: typeof node.isWorkerOf = () => false

export const tsxFor: typeof node.tsxFor = () => E.right(undefined)
