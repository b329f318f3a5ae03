import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cacheFault, cacheRoot, prepareFolder, writeWhole } from '../../src/data/files/cache.ts'
import { message, newFolder, right } from './support.ts'

describe('cacheRoot', () => {
  it('prefers CACHEGRAD_CACHE, then XDG_CACHE_HOME, then the home folder', () => {
    expect(cacheRoot({ CACHEGRAD_CACHE: '/own', XDG_CACHE_HOME: '/xdg' }, 'linux', '/own-home')).toBe('/own')
    expect(cacheRoot({ XDG_CACHE_HOME: '/xdg' }, 'linux', '/own-home')).toBe(join('/xdg', 'cachegrad'))
    expect(cacheRoot({ XDG_CACHE_HOME: 'relative', CACHEGRAD_CACHE: '' }, 'linux', '/own-home')).toBe(
      join('/own-home', '.cache', 'cachegrad'),
    )
    expect(cacheRoot({ LOCALAPPDATA: '/local' }, 'win32', '/own-home')).toBe(join('/local', 'cachegrad'))
    expect(cacheRoot({ LOCALAPPDATA: '/local' }, 'linux', '/own-home')).toBe(join('/own-home', '.cache', 'cachegrad'))
  })
})

describe('a cache folder that cannot be written', () => {
  const remedy = 'set the variable CACHEGRAD_CACHE to a folder that can'
  const thrown = (code: string): Error => Object.assign(new Error(`${code}: whatever`), { code })

  it.each([
    ['EACCES', 'no permission (EACCES)'],
    ['EPERM', 'no permission (EPERM)'],
    ['EROFS', 'the file system is read-only (EROFS)'],
    ['ENOSPC', 'the disk is full (ENOSPC)'],
    ['EIO', 'EIO: whatever'],
  ])('explains %s', (code, reason) => {
    expect(cacheFault('/c', thrown(code)).message).toBe(`the cache folder /c cannot be written: ${reason}; ${remedy}`)
  })

  it('is noticed when a file stands in its way', async () => {
    const file = join(newFolder(), 'file')
    writeFileSync(file, '')
    expect(message(await prepareFolder(file)())).toContain(`the cache folder ${file} cannot be written: it is a file`)
    expect(message(await prepareFolder(join(file, 'mnist'))())).toContain('a part of the path is a file, not a folder')
  })
})

describe('writeWhole', () => {
  it('replaces a file and leaves no temporary one', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'a'), 'old and longer')
    right(await writeWhole(folder, 'a', Buffer.from('new'))())
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new')
    expect(readdirSync(folder)).toEqual(['a'])
  })

  it('leaves no temporary file when the name is taken by a folder', async () => {
    const folder = newFolder()
    right(await prepareFolder(join(folder, 'a', 'b'))())
    expect(message(await writeWhole(folder, 'a', Buffer.from('new'))())).toContain(
      `the cache folder ${folder} cannot be written`,
    )
    expect(readdirSync(folder)).toEqual(['a'])
  })
})
