import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import { onTestFinished } from 'vitest'

/** A new folder that goes away with the test. */
export const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The address of a server on this machine that goes away with the test. */
export const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

export { orThrow as right } from '../../src/errors/index.ts'

/** The one-line message of a left. */
export const message = (result: E.Either<Error, unknown>): string => {
  if (E.isRight(result)) throw new Error('expected a left')
  if (result.left.message.includes('\n')) throw new Error(`more than one line: ${result.left.message}`)
  return result.left.message
}

/** An IDX file of unsigned bytes; the data are 0, 1, 2, … modulo `modulus` unless given. */
export const idxFile = (shape: readonly number[], data?: readonly number[], modulus = 256): Uint8Array => {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header[2] = 8
  header[3] = shape.length
  shape.forEach((size, i) => {
    header.writeUInt32BE(size, 4 + 4 * i)
  })
  const size = shape.reduce((a, b) => a * b, 1)
  return Buffer.concat([header, Uint8Array.from(data ?? Array.from({ length: size }, (_, i) => i % modulus))])
}

export const packed = (bytes: Uint8Array): Uint8Array => gzipSync(bytes)

export const webPage = Buffer.from('\n<!DOCTYPE html><html><body>404 Not Found</body></html>')

/** Numbers that look random, so that gzip cannot shorten them. */
export const noise = (length: number): Uint8Array => {
  let state = 1
  return new Uint8Array(length).map(() => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return state >>> 24
  })
}

/** Promises all these bytes, and breaks off after some of them; the last ones may not be read by then. */
export const breakOff = (response: ServerResponse, bytes: Uint8Array, after: number): void => {
  response.writeHead(response.statusCode, { 'content-length': String(bytes.length) })
  response.write(bytes.subarray(0, after), () => setTimeout(() => response.destroy(), 50))
}
