import * as TE from 'fp-ts/lib/TaskEither.js'
import { SweepError } from '../errors.ts'
import type * as node from './index.ts'

export type { Head } from './head.ts'
export type { Journal } from './journal.ts'

export const openJournal: typeof node.openJournal = () =>
  TE.left(new SweepError('runSweep: a journal is a file, which a page does not have; leave journal out'))
