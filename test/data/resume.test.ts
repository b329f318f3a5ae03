import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import type * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { download, type Progress, sha256 } from '../../src/data/files/download.ts'
import { breakOff, newFolder, noise, serve, webPage } from './support.ts'

const whole = noise(3 * 2 ** 20)
const file = { name: 'a.gz', sha256: sha256(whole) }
const some = 2 * 2 ** 20
// What has come but is not read yet is lost when a connection breaks off: up to 43 KB were seen.
const UNREAD = 2 ** 17

interface Try {
  readonly result: E.Either<string, Uint8Array>
  readonly progress: readonly Progress[]
}

const fetched = async (mirror: string, folder: string): Promise<Try> => {
  const progress: Progress[] = []
  const options = { timeout: 5_000, onProgress: (p: Progress) => progress.push(p), folder }
  return { result: await download(mirror, file, options)(), progress }
}

const expectWhole = ({ result }: Try, folder: string): void => {
  expect('right' in result && sha256(result.right)).toBe(file.sha256)
  expect(readdirSync(folder)).toEqual([])
}

/** The answer to a request for a range. */
const give =
  (content: Uint8Array = whole): RequestListener =>
  (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    if (from >= content.length) {
      response.writeHead(416).end()
      return
    }
    const range = { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }
    response.writeHead(from > 0 ? 206 : 200, from > 0 ? range : {}).end(content.subarray(from))
  }

/** A server that keeps what is asked of it. */
const watched = async (listener: RequestListener): Promise<{ mirror: string; ranges: (string | undefined)[] }> => {
  const ranges: (string | undefined)[] = []
  const mirror = await serve((request, response) => {
    ranges.push(request.headers.range)
    listener(request, response)
  })
  return { mirror, ranges }
}

const withPart = (part: Uint8Array): { folder: string; path: string } => {
  const folder = newFolder()
  const path = join(folder, '.a.gz.part')
  writeFileSync(path, part)
  return { folder, path }
}

describe('a download that broke off', () => {
  it('leaves what came, and goes on behind it', async () => {
    const folder = newFolder()
    const broken = await serve((_, response) => breakOff(response, whole, some))
    const first = await fetched(broken, folder)
    expect(first.result).toMatchObject({ left: 'the connection broke off (ECONNRESET)' })
    const part = readFileSync(join(folder, '.a.gz.part'))
    expect(part.length).toBeGreaterThan(some - UNREAD)
    expect(sha256(part)).toBe(sha256(whole.subarray(0, part.length)))

    const { mirror, ranges } = await watched(give())
    const second = await fetched(mirror, folder)
    expectWhole(second, folder)
    expect(ranges).toEqual([`bytes=${part.length}-`])
    expect(second.progress[0]?.received).toBeGreaterThan(part.length)
    expect(second.progress.at(-1)).toEqual({ file: 'a.gz', received: whole.length, total: whole.length })
  })

  it('goes on where it breaks off again, and where the first mirror left it', async () => {
    const { folder, path } = withPart(whole.subarray(0, 2 ** 20))
    const broken = await serve((request, response) => {
      const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0])
      response.setHeader('content-range', `bytes ${from}-${whole.length - 1}/${whole.length}`)
      response.statusCode = 206
      breakOff(response, whole.subarray(from), 2 ** 19)
    })
    expect('left' in (await fetched(broken, folder)).result).toBe(true)
    const { length } = readFileSync(path)
    expect(length).toBeGreaterThan(1.5 * 2 ** 20 - UNREAD)
    const { mirror, ranges } = await watched(give())
    expectWhole(await fetched(mirror, folder), folder)
    expect(ranges).toEqual([`bytes=${length}-`])
  })

  it('starts over where the mirror ignores the range', async () => {
    const { folder } = withPart(whole.subarray(0, some))
    const mirror = await serve((_, response) => response.end(whole))
    const again = await fetched(mirror, folder)
    expectWhole(again, folder)
    expect(again.progress[0]?.received).toBeLessThan(some)
  })

  it.each([
    ['of another place', `bytes 5-${whole.length - 1}/${whole.length}`],
    ['that says nothing', 'bytes'],
  ])('starts over after a range %s', async (_, range) => {
    const { folder } = withPart(whole.subarray(0, some))
    const { mirror, ranges } = await watched((request, response) =>
      request.headers.range === undefined
        ? response.end(whole)
        : response.writeHead(206, { 'content-range': range }).end(whole.subarray(5)),
    )
    expectWhole(await fetched(mirror, folder), folder)
    expect(ranges).toEqual([`bytes=${some}-`, undefined])
  })

  it('starts over once when the sum is wrong', async () => {
    const { folder } = withPart(noise(some).fill(0, 0, 9))
    const { mirror, ranges } = await watched(give())
    expectWhole(await fetched(mirror, folder), folder)
    expect(ranges).toEqual([`bytes=${some}-`, undefined])

    const other = withPart(whole.subarray(0, some))
    const wrong = await watched(give(noise(whole.length).fill(0)))
    expect((await fetched(wrong.mirror, other.folder)).result).toMatchObject({
      left: expect.stringContaining(`${whole.length} bytes came whose sha256 is`),
    })
    expect(wrong.ranges).toHaveLength(2)
    expect(readdirSync(other.folder)).toEqual([])
  })

  it('needs nothing more when all was there, and starts over when more was there', async () => {
    const all = withPart(whole)
    const { mirror, ranges } = await watched(give())
    expectWhole(await fetched(mirror, all.folder), all.folder)
    expect(ranges).toEqual([`bytes=${whole.length}-`])

    const more = withPart(noise(whole.length + 1))
    expectWhole(await fetched(mirror, more.folder), more.folder)
  })

  it('is not lost by a mirror that gives something else', async () => {
    const { folder, path } = withPart(whole.subarray(0, some))
    for (const bad of [
      await serve((_, response) => response.writeHead(503).end()),
      await serve((_, response) => response.end(webPage)),
      'http://127.0.0.1:1/',
    ]) {
      expect('left' in (await fetched(bad, folder)).result).toBe(true)
      expect(sha256(readFileSync(path))).toBe(sha256(whole.subarray(0, some)))
    }
  })

  it('is not kept when it is short, or where no folder is given', async () => {
    const folder = newFolder()
    const broken = await serve((_, response) => breakOff(response, whole, 1000))
    expect('left' in (await fetched(broken, folder)).result).toBe(true)
    expect(existsSync(join(folder, '.a.gz.part'))).toBe(false)
    const result = await download(await serve(give()), file, { timeout: 5_000, onProgress: () => {} })()
    expect('right' in result).toBe(true)
  })

  it('comes to an end where no part can be written', async () => {
    const folder = join(newFolder(), 'none')
    const result = await download(await serve(give()), file, { timeout: 5_000, onProgress: () => {}, folder })()
    expect('right' in result).toBe(true)
  })
})
