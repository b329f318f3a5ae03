import { execFile } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { replaceFile } from '../../src/files/index.ts'
import { newFolder } from '../data/support.ts'
import { onPosix, withoutRoot } from '../where.ts'

const text = (path: string): string => readFileSync(path, 'utf8')

const withFile = (content = 'old'): { readonly folder: string; readonly path: string } => {
  const folder = newFolder()
  const path = join(folder, 'file')
  writeFileSync(path, content)
  return { folder, path }
}

describe('a file', () => {
  test('is written and replaced, and nothing else is left', async () => {
    const folder = newFolder()
    const path = join(folder, 'file')
    await replaceFile(path, 'größer')
    expect(text(path)).toBe('größer')
    await replaceFile(path, new Uint8Array([1, 2, 3]))
    expect([...readFileSync(path)]).toEqual([1, 2, 3])
    expect(readdirSync(folder)).toEqual(['file'])
  })

  test('is whole whenever it is read', async () => {
    const contents = ['a', 'b'].map((letter) => letter.repeat(2 ** 22))
    const { path } = withFile(contents[0])
    let isWriting = true
    const seen = new Set<boolean>()
    const reading = async (): Promise<void> => {
      while (isWriting) seen.add(contents.includes(await readFile(path, 'utf8')))
    }
    const readers = [reading(), reading()]
    for (let i = 0; i < 20; i++) await replaceFile(path, contents[i % 2] as string)
    isWriting = false
    await Promise.all(readers)
    expect([...seen]).toEqual([true])
  })

  test('may be written by many at once: one of them wins', async () => {
    const { folder, path } = withFile()
    const contents = Array.from({ length: 8 }, (_, i) => String(i).repeat(10_000))
    await Promise.all(contents.map((content) => replaceFile(path, content)))
    expect(contents).toContain(text(path))
    expect(readdirSync(folder)).toEqual(['file'])
  })

  onPosix.test('keeps its permissions', async () => {
    const { path } = withFile()
    for (const mode of [0o600, 0o666]) {
      chmodSync(path, mode)
      await replaceFile(path, 'new')
      expect(statSync(path).mode & 0o777).toBe(mode)
    }
  })
})

test('a name may be as long as the system lets it be', async () => {
  const folder = newFolder()
  for (const name of ['a'.repeat(240), 'a'.repeat(241), 'b'.repeat(255), 'ä'.repeat(127), `${'😀'.repeat(63)}abc`]) {
    const path = join(folder, name)
    await replaceFile(path, 'old')
    await replaceFile(path, 'new')
    expect(text(path)).toBe('new')
  }
  expect(readdirSync(folder)).toHaveLength(5)
  await expect(replaceFile(join(folder, 'a'.repeat(256)), 'new')).rejects.toMatchObject({ code: 'ENAMETOOLONG' })
})

describe('the disk', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  const spyOnSync = async () => {
    const handle = await open('/', 'r')
    await handle.close()
    return vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'sync')
  }

  test('has the content before it has the name, and then the name too', async () => {
    const { path } = withFile()
    const sync = await spyOnSync()
    const shown: string[] = []
    sync.mockImplementation(async () => void shown.push(text(path)))
    await replaceFile(path, 'new')
    expect(shown).toEqual(['old', 'new'])
  })

  test.each(['EINVAL', 'EPERM', 'EISDIR', 'EBADF', 'EACCES'])('may be unable to sync a folder: %s', async (code) => {
    const { path } = withFile()
    const sync = await spyOnSync()
    sync.mockResolvedValueOnce().mockRejectedValueOnce(Object.assign(new Error(), { code }))
    await replaceFile(path, 'new')
    expect(sync).toHaveBeenCalledTimes(2)
    expect(text(path)).toBe('new')
  })

  test('that fails is told', async () => {
    const { folder, path } = withFile()
    const sync = await spyOnSync()
    const fault = Object.assign(new Error(), { code: 'EIO' })
    sync.mockRejectedValueOnce(fault)
    await expect(replaceFile(path, 'new')).rejects.toBe(fault)
    expect(text(path)).toBe('old')
    sync.mockResolvedValueOnce().mockRejectedValueOnce(fault)
    await expect(replaceFile(path, 'new')).rejects.toBe(fault)
    expect(readdirSync(folder)).toEqual(['file'])
  })
})

describe('when it fails', () => {
  test('what was there stays, and nothing else is left', async () => {
    const { folder, path } = withFile()
    // The system takes no number: this fails when the temporary file is open.
    await expect(replaceFile(path, 7 as never)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' })
    expect(text(path)).toBe('old')
    expect(readdirSync(folder)).toEqual(['file'])
  })

  test('the error is that of the system', async () => {
    const { folder, path } = withFile()
    await expect(replaceFile(join(folder, 'none', 'file'), 'new')).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(replaceFile(join(path, 'file'), 'new')).rejects.toMatchObject({ code: 'ENOTDIR' })
    await expect(replaceFile(folder, 'new')).rejects.toMatchObject({ code: 'EISDIR' })
    expect(readdirSync(folder)).toEqual(['file'])
  })

  withoutRoot.test('a file that may not be written is not replaced', async () => {
    const { path } = withFile()
    chmodSync(path, 0o444)
    await expect(replaceFile(path, 'new')).rejects.toMatchObject({ code: expect.stringMatching(/^(EACCES|EPERM)$/) })
    expect(text(path)).toBe('old')
  })
})

onPosix.describe('links', () => {
  test('a symbolic one is followed and stays one', async () => {
    const { folder, path } = withFile()
    mkdirSync(join(folder, 'other'))
    const link = join(folder, 'other', 'link')
    symlinkSync(path, link)
    await replaceFile(link, 'new')
    expect(text(path)).toBe('new')
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(readdirSync(join(folder, 'other'))).toEqual(['link'])
  })

  test('one that leads to no file yet is followed, and so is one behind it', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, 'other'))
    symlinkSync('other', join(folder, 'short'))
    symlinkSync('../none', join(folder, 'other', 'second'))
    symlinkSync(join('short', 'second'), join(folder, 'first'))
    await replaceFile(join(folder, 'first'), 'new')
    expect(text(join(folder, 'none'))).toBe('new')
    expect(lstatSync(join(folder, 'first')).isSymbolicLink()).toBe(true)
    expect(lstatSync(join(folder, 'other', 'second')).isSymbolicLink()).toBe(true)
    expect(readdirSync(folder).sort()).toEqual(['first', 'none', 'other', 'short'])
  })

  test('those that lead to each other are told of, and stay', async () => {
    const folder = newFolder()
    symlinkSync('b', join(folder, 'a'))
    symlinkSync('a', join(folder, 'b'))
    await expect(replaceFile(join(folder, 'a'), 'new')).rejects.toMatchObject({ code: 'ELOOP' })
    expect(readdirSync(folder)).toEqual(['a', 'b'])
  })

  test('another hard link keeps the old content', async () => {
    const { folder, path } = withFile()
    linkSync(path, join(folder, 'other'))
    await replaceFile(path, 'new')
    expect([text(path), text(join(folder, 'other'))]).toEqual(['new', 'old'])
  })
})

onPosix.describe('what is no file is written as it is', () => {
  test('the standard output of a process', async () => {
    const entry = join(import.meta.dirname, '../../src/files/index.ts')
    const script = `import { replaceFile } from '${entry}'; await replaceFile('/dev/stdout', 'new')`
    // A pipe of the shell: node gives its children sockets, which cannot be opened by name.
    const piped = 'node=$1; shift; "$node" "$@" | cat'
    const args = ['-c', piped, 'sh', process.execPath, '--import', 'tsx', '--input-type=module', '--eval', script]
    expect((await promisify(execFile)('sh', args)).stdout).toBe('new')
  })

  test('a device, whose fault is told', async () => {
    await replaceFile('/dev/null', 'new')
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
    if (process.platform === 'linux') {
      await expect(replaceFile('/dev/full', 'new')).rejects.toMatchObject({ code: 'ENOSPC' })
    }
  })
})
