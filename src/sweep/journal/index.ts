export type { Head } from './head.ts'
export type { Journal } from './journal.ts'
export { openJournal } from './openJournal.ts'
