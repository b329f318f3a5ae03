export type { Head } from './head.ts'
export type { Journal, Result } from './journal.ts'
export { openJournal } from './openJournal.ts'
