import { expect, test } from 'vitest'
import { entries } from './targets/arguments/entries.ts'
import { functionsOf } from './targets/arguments/row.ts'

test.each(Object.entries(entries))('%s: hostile arguments are tried on each of its functions', (_, [entry, rows]) => {
  const tried = new Set(rows.map(({ name }) => name))
  expect(functionsOf(entry).filter((name) => !tried.has(name))).toEqual([])
})
