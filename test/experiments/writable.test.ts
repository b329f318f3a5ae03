import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { checkWritable } from '../../experiments/support/writable.ts'
import { newFolder } from '../data/support.ts'
import { leftMessage } from '../support.ts'
import { withFile, withoutRoot } from '../where.ts'

const refused = (path: string): string => leftMessage(checkWritable('--out', path))

describe('a file that can be written', () => {
  test('is new, there already, or in folders that are still to be made; nothing is touched', () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'old.html'), 'old')
    for (const path of ['new.html', 'old.html', join('a', 'b', 'new.html')].map((name) => join(folder, name))) {
      expect(checkWritable('--out', path)).toEqual(E.right(path))
    }
    expect(readdirSync(folder)).toEqual(['old.html'])
    expect(readFileSync(join(folder, 'old.html'), 'utf8')).toBe('old')
  })

  test('may be named from the working folder on', () => {
    const path = relative(process.cwd(), join(newFolder(), 'page.html'))
    expect(checkWritable('--out', path)).toEqual(E.right(path))
  })

  withFile('/dev/null').test('may be a device', () => {
    expect(checkWritable('--out', '/dev/null')).toEqual(E.right('/dev/null'))
  })
})

describe('one that cannot', () => {
  test('has no name', () => {
    expect(refused('')).toBe('--out : the name of a file is missing, e.g. run.html')
  })

  test('is a folder, or is called like one', () => {
    const folder = newFolder()
    expect(refused(folder)).toBe(
      `--out ${folder}: this is a folder; give the name of a file, e.g. ${join(folder, 'run.html')}`,
    )
    expect(refused(`${folder}/none/`)).toContain('this is a folder')
  })

  test('has a path through a file', () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'file'), '')
    for (const path of ['file/page.html', 'file/a/page.html']) {
      expect(refused(join(folder, path))).toContain(
        'it cannot be written: a part of the path is a file, not a folder (ENOTDIR); give another path',
      )
    }
  })

  withoutRoot.test('may not be written', () => {
    const path = join(newFolder(), 'page.html')
    writeFileSync(path, 'old')
    chmodSync(path, 0o444)
    expect(refused(path)).toBe(`--out ${path}: it cannot be written: no permission (EACCES); give another path`)
  })

  withoutRoot.test('is in a folder, or under one, that may not be written', () => {
    const folder = join(newFolder(), 'locked')
    mkdirSync(folder)
    writeFileSync(join(folder, 'old.html'), 'old')
    chmodSync(folder, 0o555)
    for (const name of ['new.html', 'old.html', join('a', 'new.html')]) {
      expect(refused(join(folder, name))).toContain('no permission (EACCES)')
    }
    chmodSync(folder, 0o755)
  })
})
