import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cachedFiles, type FileSet } from '../../src/data/files/cachedFiles.ts'
import { type Progress, sha256 } from '../../src/data/files/download.ts'
import { message, newFolder, packed, right, serve, webPage } from './support.ts'

const contents: Readonly<Record<string, Uint8Array>> = {
  'a.gz': packed(Buffer.from('the first file')),
  'b.gz': packed(new Uint8Array(300_000).map((_, i) => (i * i) % 251)),
}
const files = Object.entries(contents).map(([name, bytes]) => ({ name, sha256: sha256(bytes) }))

const give =
  (headers: Record<string, string> = {}): RequestListener =>
  (request, response) => {
    const bytes = contents[request.url?.split('/').at(-1) ?? '']
    response.writeHead(bytes === undefined ? 404 : 200, headers).end(bytes)
  }

const fetched = (
  set: Partial<FileSet> & { folder: string },
  options: { download?: boolean; timeout?: number } = {},
) => {
  const progress: Progress[] = []
  const result = cachedFiles(
    { files, mirrors: [], ...set },
    { download: true, timeout: 10_000, onProgress: (p) => progress.push(p), ...options },
  )()
  return { result, progress }
}

const expectCached = (folder: string): void => {
  expect(readdirSync(folder).sort()).toEqual(['a.gz', 'b.gz'])
  for (const { name, sha256: sum } of files) expect(sha256(readFileSync(join(folder, name)))).toBe(sum)
}

describe('cachedFiles', () => {
  it('downloads into a new folder, tells the progress, and asks nobody the second time', async () => {
    const folder = join(newFolder(), 'deep', 'mnist')
    let requests = 0
    const mirror = await serve((request, response) => {
      requests++
      give({ 'content-length': String(contents[request.url?.slice(1) ?? '']?.length) })(request, response)
    })
    const { result, progress } = fetched({ folder, mirrors: [mirror] })
    const sources = right(await result)
    expect(sources.map(({ path }) => path)).toEqual([join(folder, 'a.gz'), join(folder, 'b.gz')])
    expect(sources.map(({ bytes }) => sha256(bytes))).toEqual(files.map((file) => file.sha256))
    expectCached(folder)
    const total = contents['b.gz']?.length
    expect(progress.at(-1)).toEqual({ file: 'b.gz', received: total, total })

    right(await fetched({ folder, mirrors: [mirror] }).result)
    expect(requests).toBe(2)
  })

  it('fetches only what is missing', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'b.gz'), contents['b.gz'] as Uint8Array)
    const asked: (string | undefined)[] = []
    const mirror = await serve((request, response) => {
      asked.push(request.url)
      give()(request, response)
    })
    right(await fetched({ folder, mirrors: [mirror] }).result)
    expect(asked).toEqual(['/a.gz'])
    expectCached(folder)
  })

  it('keeps a .gz packed when the mirror sends it with Content-Encoding: gzip', async () => {
    const folder = newFolder()
    right(await fetched({ folder, mirrors: [await serve(give({ 'content-encoding': 'gzip' }))] }).result)
    expectCached(folder)
  })

  it('follows redirections, also relative ones, and takes an address without a slash at its end', async () => {
    const folder = newFolder()
    const mirror = await serve((request, response) =>
      request.url?.startsWith('/new/')
        ? give()(request, response)
        : response.writeHead(302, { location: `/new${request.url}` }).end(),
    )
    right(await fetched({ folder, mirrors: [`${mirror}data`] }).result)
    expectCached(folder)
  })

  const faults: readonly (readonly [string, RequestListener, string])[] = [
    ['a missing file', (_, response) => response.writeHead(404).end(), 'HTTP status 404'],
    ['a web page', (_, response) => response.end(webPage), 'a web page came instead of the file'],
    ['a wrong sha256', (_, response) => response.end('abc'), '3 bytes came whose sha256 is ba7816bf…'],
    [
      'endless redirections',
      (_, response) => response.writeHead(301, { location: '/' }).end(),
      'more than 5 redirections',
    ],
    ['a server that says nothing', () => {}, 'nothing came for 0.1 s'],
    [
      'a server that stalls in the middle',
      (_, response) => response.writeHead(200, { 'content-length': '1000' }).write('abc'),
      'nothing came for 0.1 s',
    ],
    [
      'a connection that breaks off',
      (_, response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('abc', () => response.destroy())
      },
      'the connection broke off (ECONNRESET)',
    ],
  ]

  it.each(faults)(
    'goes to the next mirror after %s, and to that one first for the next file',
    async (_, bad, reason) => {
      const folder = newFolder()
      let calls = 0
      const first = await serve((request, response) => {
        calls++
        bad(request, response)
      })
      right(await fetched({ folder, mirrors: [first, await serve(give())] }, { timeout: 100 }).result)
      expectCached(folder)
      expect(calls).toBe(reason.includes('redirections') ? 6 : 1)
    },
  )

  it('waits as long as it is told, also for longer than a timer can be set', async () => {
    const folder = newFolder()
    const slow = await serve((request, response) => void setTimeout(() => give()(request, response), 50))
    right(await fetched({ folder, mirrors: [slow] }, { timeout: 2 ** 31 }).result)
    expectCached(folder)
  })

  it.each(faults)('tells of %s when there is no other mirror, and leaves nothing behind', async (_, bad, reason) => {
    const folder = newFolder()
    const mirror = await serve(bad)
    const said = message(await fetched({ folder, mirrors: [mirror] }, { timeout: 100 }).result)
    expect(said).toContain(`a.gz cannot be downloaded (${mirror}: ${reason}`)
    expect(readdirSync(folder)).toEqual([])
  })

  it('without a network names each mirror, how to get the files by hand, and strokes', async () => {
    const folder = newFolder()
    const mirrors = ['http://127.0.0.1:1/x/', 'http://127.0.0.1:9/y']
    expect(message(await fetched({ folder, mirrors }).result)).toBe(
      'a.gz cannot be downloaded (http://127.0.0.1:1/x/: the connection is refused (ECONNREFUSED); ' +
        'http://127.0.0.1:9/y: the connection is refused (ECONNREFUSED)); ' +
        `to get the files by hand, download http://127.0.0.1:1/x/a.gz and beside it b.gz ` +
        `and put them into ${folder}; ` +
        'the data set strokes (--data strokes in the experiments) needs no files',
    )
  })

  it('does not download where that is off', async () => {
    const folder = newFolder()
    const said = message(await fetched({ folder }, { download: false }).result)
    expect(said).toContain(`there is no ${join(folder, 'a.gz')}, and downloads are off; to get the files by hand`)
  })

  it('replaces a damaged file', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'a.gz'), 'damaged')
    right(await fetched({ folder, mirrors: [await serve(give())] }).result)
    expectCached(folder)
  })

  it('tells of a damaged file that cannot be replaced, and keeps it', async () => {
    const folder = newFolder()
    const path = join(folder, 'a.gz')
    writeFileSync(path, 'damaged')
    const damage = `the cached file ${path} is damaged or another one, its sha256 is not that of a.gz; `
    const refused = message(await fetched({ folder, mirrors: ['http://127.0.0.1:1/'] }).result)
    expect(refused.startsWith(`${damage}a.gz cannot be downloaded (`)).toBe(true)
    expect(message(await fetched({ folder }, { download: false }).result)).toContain(`${damage}downloads are off; `)
    expect(existsSync(path)).toBe(true)
  })

  it('tells of a cache folder that cannot be written before it asks any mirror', async () => {
    const file = join(newFolder(), 'file')
    writeFileSync(file, '')
    let requests = 0
    const mirror = await serve(() => requests++)
    const folder = join(file, 'mnist')
    expect(message(await fetched({ folder, mirrors: [mirror] }).result)).toBe(
      `the cache folder ${folder} cannot be written: a part of the path is a file, not a folder (ENOTDIR); ` +
        'set the variable CACHEGRAD_CACHE to a folder that can',
    )
    expect(requests).toBe(0)
  })
})
