import * as E from 'fp-ts/lib/Either.js'
import type * as T from 'fp-ts/lib/Task.js'
import { functionOf, positive, type Resolved, withDefault } from '../../errors/index.ts'
import { codeOf, explain } from '../../files/index.ts'
import { createHash, getHttp, getHttps, type IncomingMessage, joined } from '../../system/index.ts'
import { openPart, type Part } from './part.ts'
import { isWebPage } from './webPage.ts'

/** How far a download is, in bytes; `total` is absent where the mirror does not tell. */
export interface Progress {
  /** Name of the file. */
  readonly file: string
  /** Bytes so far. */
  readonly received: number
  /** Bytes of the whole file. */
  readonly total?: number
}

/** A file and the sha256, in hex, of its bytes. */
export interface KnownFile {
  readonly name: string
  readonly sha256: string
}

/** How all loaders download. */
export const downloading = {
  /** Called whenever bytes of a download have come, with how many there are by now. */
  onProgress: withDefault(() => {}, functionOf<(progress: Progress) => void>()),
  /** Milliseconds without a byte after which a mirror is given up; 20,000 unless given. */
  timeout: withDefault(20_000, positive),
}

export interface DownloadOptions extends Resolved<typeof downloading> {
  /** Where a download that broke off is kept, and gone on with; without it nothing is kept. */
  readonly folder?: string
}

// The longest of the known files has two thirds of it; it keeps a wrong mirror from filling the memory.
const LONGEST = 2 ** 28
const MOST_REDIRECTS = 5
// A timer of more milliseconds fires at once.
const LONGEST_TIMER = 2 ** 31 - 1

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

// node:http, not fetch: fetch would unpack a .gz that is sent with `Content-Encoding: gzip`, and then its sum differs.
const request = (url: URL, offset: number, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? getHttps : getHttp
    const range = offset > 0 ? { range: `bytes=${offset}-` } : {}
    const headers = { 'accept-encoding': 'gzip, identity', 'user-agent': 'cachegrad', ...range }
    get(url, { signal, headers }, resolve).on('error', reject)
  })

// 206 and 416 answer a request for the bytes from an offset on: here they are, there are none.
const respond = async (url: URL, offset: number, signal: AbortSignal, redirects = 0): Promise<IncomingMessage> => {
  const response = await request(url, offset, signal)
  const { statusCode = 0, headers } = response
  if (statusCode === 200 || (offset > 0 && (statusCode === 206 || statusCode === 416))) return response
  response.destroy()
  if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
    if (redirects === MOST_REDIRECTS) throw new Error(`more than ${MOST_REDIRECTS} redirections`)
    return respond(new URL(headers.location, url), offset, signal, redirects + 1)
  }
  throw new Error(`HTTP status ${statusCode}`)
}

const known = (length: number): { total?: number } =>
  Number.isSafeInteger(length) && length > 0 ? { total: length } : {}

/** Where the answer's bytes begin in the file, and the file's length if the mirror tells; undefined for another place. */
const placeOf = (
  { statusCode, headers }: IncomingMessage,
  offset: number,
): { readonly start: number; readonly total?: number } | undefined => {
  if (statusCode === 200) return { start: 0, ...known(Number(headers['content-length'])) }
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? []
  return statusCode === 206 && Number(from) === offset ? { start: offset, ...known(Number(total)) } : undefined
}

interface Received {
  readonly bytes: Uint8Array
  /** Whether the part is in it. */
  readonly resumed: boolean
}

const receive = async (url: URL, file: string, options: DownloadOptions, part: Part): Promise<Received> => {
  const { timeout, onProgress } = options
  const stalled = new AbortController()
  const timer = setTimeout(() => stalled.abort(), Math.min(timeout, LONGEST_TIMER))
  try {
    const response = await respond(url, part.bytes.length, stalled.signal)
    const place = placeOf(response, part.bytes.length)
    if (place === undefined) {
      response.destroy()
      return { bytes: part.bytes, resumed: true }
    }
    const { start, ...total } = place
    const chunks = start === 0 ? [] : [part.bytes]
    let received = start
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      timer.refresh()
      chunks.push(chunk)
      received += chunk.length
      if (received > LONGEST) {
        await part.remove()
        throw new Error(`more than ${LONGEST} bytes came, it is not the right file`)
      }
      await part.keep(chunk, received - chunk.length)
      onProgress({ file, received, ...total })
    }
    return { bytes: joined(chunks), resumed: start > 0 }
  } catch (error) {
    throw stalled.signal.aborted ? new Error(`nothing came for ${timeout / 1000} s`) : error
  } finally {
    clearTimeout(timer)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host is not found',
  EAI_AGAIN: 'the host is not found',
  ECONNREFUSED: 'the connection is refused',
  ECONNRESET: 'the connection broke off',
  ETIMEDOUT: 'no connection',
  ENETUNREACH: 'no network',
  EHOSTUNREACH: 'no way to the host',
}

/** A file's address in a folder, whose address ends with a slash or not. */
export const addressOf = (mirror: string, file: string): string => `${mirror}${mirror.endsWith('/') ? '' : '/'}${file}`

/**
 * The file's bytes from one mirror, in memory, if their sum is right. A part from a try before is gone on with, where
 * the mirror can; if the sum is wrong then, all is fetched again, once, and nothing of it kept should it break off.
 *
 * @param mirror  the address of the folder, with or without a slash at its end
 * @returns       left(why not, in a few words)
 */
export const download =
  (mirror: string, file: KnownFile, options: DownloadOptions): T.Task<E.Either<string, Uint8Array>> =>
  async () => {
    const part = await openPart(options.folder, file.name)
    try {
      const url = new URL(addressOf(mirror, file.name))
      const { bytes, resumed } = await receive(url, file.name, options, part)
      const sum = sha256(bytes)
      if (sum === file.sha256 || resumed || part.hasGrown()) await part.remove()
      if (sum === file.sha256) return E.right(bytes)
      // Without a folder, since a part that cannot be removed would be resumed for ever.
      if (resumed) return await download(mirror, file, { ...options, folder: undefined })()
      const came = `${bytes.length} bytes came whose sha256 is ${sum.slice(0, 8)}…, not ${file.sha256.slice(0, 8)}…`
      return E.left(isWebPage(bytes) ? 'a web page came instead of the file' : came)
    } catch (error) {
      // Some errors of the network have a code and no message.
      return E.left(explain(REASONS, error) || codeOf(error))
    } finally {
      await part.close()
    }
  }
