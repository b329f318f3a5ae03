import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { ReportError, reportPage, writeReport } from '../../src/report/index.ts'
import { newFolder } from '../data/support.ts'
import { leftMessage } from '../support.ts'
import { withFile, withoutRoot } from '../where.ts'
import { bigRecord } from './support.ts'

const record = bigRecord(100, 2)
const page = reportPage(record)

test('writes the page, also into a new folder, and leaves nothing else', async () => {
  const folder = join(newFolder(), 'new', 'one')
  const path = join(folder, 'report.html')
  expect(await writeReport(path, record)()).toEqual(E.right(undefined))
  expect(readFileSync(path, 'utf8')).toBe(page)
  expect(readdirSync(folder)).toEqual(['report.html'])
})

test('replaces an older page, where a link points', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'real.html'), 'old')
  symlinkSync(join(folder, 'real.html'), join(folder, 'link.html'))
  await writeReport(join(folder, 'link.html'), record)()
  expect(readFileSync(join(folder, 'real.html'), 'utf8')).toBe(page)
})

test('a folder is no file', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'report.html'))
  const result = await writeReport(join(folder, 'report.html'), record)()
  expect(E.isLeft(result) && result.left).toBeInstanceOf(ReportError)
  expect(leftMessage(result)).toContain('cannot be written: this is a folder, not a file (EISDIR); give another path')
  expect(readdirSync(folder)).toEqual(['report.html'])
})

test('a path through a file', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'file'), 'kept')
  expect(leftMessage(await writeReport(join(folder, 'file', 'report.html'), record)())).toContain(
    'is a file, not a folder',
  )
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept')
})

withFile('/dev/full').test('a full disk', async () => {
  expect(leftMessage(await writeReport('/dev/full', record)())).toBe(
    '/dev/full cannot be written: the disk is full (ENOSPC); give another path',
  )
})

withFile('/sys/kernel').test('a place that is read-only', async () => {
  expect(leftMessage(await writeReport('/sys/kernel/report.html', record)())).toMatch(
    /^\/sys\/kernel\/report\.html cannot be written: (no permission|the file system is read-only) \(E\w+\); give another path$/,
  )
})

withoutRoot.test('a folder that may not be written', async () => {
  const locked = join(newFolder(), 'locked')
  mkdirSync(locked, { mode: 0o555 })
  expect(leftMessage(await writeReport(join(locked, 'report.html'), record)())).toContain('no permission (EACCES)')
})
