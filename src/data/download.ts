import { createHash } from 'node:crypto'
import { get as getHttp, type IncomingMessage } from 'node:http'
import { get as getHttps } from 'node:https'
import * as E from 'fp-ts/lib/Either.js'
import type * as T from 'fp-ts/lib/Task.js'
import { codeOf, messageOf } from './errors.ts'
import { isWebPage } from './idx.ts'

/** How far a download is, in bytes; `total` is absent where the mirror does not tell. */
export interface Progress {
  readonly file: string
  readonly received: number
  readonly total?: number
}

/** A file and the sha256, in hex, of its bytes. */
export interface KnownFile {
  readonly name: string
  readonly sha256: string
}

export interface DownloadOptions {
  /** Milliseconds without a single byte after which a mirror is given up. */
  readonly timeout: number
  readonly onProgress: (progress: Progress) => void
}

// None of the known files is half as long; it keeps a wrong mirror from filling the memory.
const LONGEST = 2 ** 26
const MOST_REDIRECTS = 5

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

// node:http, not fetch: fetch would unpack a .gz that is sent with `Content-Encoding: gzip`, and then its sum differs.
const request = (url: URL, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? getHttps : getHttp
    const headers = { 'accept-encoding': 'gzip, identity', 'user-agent': 'cachegrad' }
    get(url, { signal, headers }, resolve).on('error', reject)
  })

const respond = async (url: URL, signal: AbortSignal, redirects = 0): Promise<IncomingMessage> => {
  const response = await request(url, signal)
  const { statusCode = 0, headers } = response
  if (statusCode === 200) return response
  response.destroy()
  if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
    if (redirects === MOST_REDIRECTS) throw new Error(`more than ${MOST_REDIRECTS} redirections`)
    return respond(new URL(headers.location, url), signal, redirects + 1)
  }
  throw new Error(`HTTP status ${statusCode}`)
}

const receive = async (url: URL, file: string, { timeout, onProgress }: DownloadOptions): Promise<Uint8Array> => {
  const stalled = new AbortController()
  const timer = setTimeout(() => stalled.abort(), timeout)
  try {
    const response = await respond(url, stalled.signal)
    const length = Number(response.headers['content-length'])
    const chunks: Uint8Array[] = []
    let received = 0
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      timer.refresh()
      chunks.push(chunk)
      received += chunk.length
      if (received > LONGEST) throw new Error(`more than ${LONGEST} bytes came, it is not the right file`)
      onProgress(Number.isSafeInteger(length) && length > 0 ? { file, received, total: length } : { file, received })
    }
    return Buffer.concat(chunks)
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

const reason = (error: unknown): string => {
  const code = codeOf(error)
  return REASONS[code] === undefined ? messageOf(error) || code : `${REASONS[code]} (${code})`
}

/**
 * The file's bytes from one mirror, in memory, if their sum is right.
 *
 * @param mirror  the address of the folder, with or without a slash at its end
 * @returns       left(why not, in a few words)
 */
export const download =
  (mirror: string, file: KnownFile, options: DownloadOptions): T.Task<E.Either<string, Uint8Array>> =>
  async () => {
    try {
      const url = new URL(file.name, mirror.endsWith('/') ? mirror : `${mirror}/`)
      const bytes = await receive(url, file.name, options)
      const sum = sha256(bytes)
      if (sum === file.sha256) return E.right(bytes)
      const came = `${bytes.length} bytes came whose sha256 is ${sum.slice(0, 8)}…, not ${file.sha256.slice(0, 8)}…`
      return E.left(isWebPage(bytes) ? 'a web page came instead of the file' : came)
    } catch (error) {
      return E.left(reason(error))
    }
  }
