import { Gunzip, Inflate, Unzlib, zlibSync } from 'fflate'
import type * as node from './index.ts'
import { joined } from './joined.ts'
import { sha256 } from './sha256.ts'

export { joined } from './joined.ts'
export { basename, dirname, isAbsolute, join, relative, resolve } from './paths.ts'

/** What `index.ts` takes from node, in a page: computed where it can be, else an error that says so. */

/** A function of files, processes or the network that a page does not have. */
const absent = (what: string) => (): never => {
  throw new Error(`${what} needs Node; in a page, give the bytes to a function decode…, and keep those of encode…`)
}

const later = (what: string) => async (): Promise<never> => absent(what)()

const files = 'a file'

// Of node's overloads a page needs one.
type Any = never

export const appendFileSync: typeof node.appendFileSync = absent(files)
export const closeSync: typeof node.closeSync = absent(files)
export const mkdirSync: typeof node.mkdirSync = absent(files)
export const openSync: typeof node.openSync = absent(files)
export const readdirSync: typeof node.readdirSync = absent(files)
export const readFileSync: typeof node.readFileSync = absent(files)
export const readlinkSync: typeof node.readlinkSync = absent(files)
export const realpathSync: typeof node.realpathSync = Object.assign(absent(files), { native: absent(files) })
export const rmdirSync: typeof node.rmdirSync = absent(files)
export const rmSync: typeof node.rmSync = absent(files)
export const statSync = absent(files) as typeof node.statSync
export const writeFileSync: typeof node.writeFileSync = absent(files)
export const constants = {} as typeof node.constants

export const access: typeof node.access = later(files)
export const mkdir: typeof node.mkdir = later(files)
export const open: typeof node.open = later(files)
export const readdir: typeof node.readdir = later(files)
export const readFile: typeof node.readFile = later(files)
export const rename: typeof node.rename = later(files)
export const rm: typeof node.rm = later(files)
export const stat: typeof node.stat = later(files)
export const writeFile: typeof node.writeFile = later(files)

export const getHttp: typeof node.getHttp = absent('a download of a data set')
export const getHttps: typeof node.getHttps = absent('a download of a data set')

export const availableParallelism: typeof node.availableParallelism = () => 1
export const homedir: typeof node.homedir = () => '/'
export const hostname: typeof node.hostname = () => 'page'
export const tmpdir: typeof node.tmpdir = () => '/tmp'
export const arch = (() => 'unknown') as unknown as typeof node.arch
export const platform = (() => 'browser') as unknown as typeof node.platform
export const cpus = (() => [{ model: '' }]) as unknown as typeof node.cpus
export const totalmem: typeof node.totalmem = () => 0
export const threadId = 0

export const processHere: typeof node.processHere = {
  env: {},
  pid: 0,
  platform: 'browser' as Any,
  version: (globalThis as { readonly navigator?: { readonly userAgent: string } }).navigator?.userAgent ?? 'unknown',
  kill: absent('a process'),
}

/** Any value, in one line. */
export const inspect = ((value: unknown): string => {
  try {
    return typeof value === 'string' ? `'${value.slice(0, 100)}'` : String(value)
  } catch {
    return 'what cannot be shown'
  }
}) as typeof node.inspect

export const promisify = ((run: (...given: unknown[]) => unknown) =>
  async (...given: unknown[]) =>
    run(...given)) as typeof node.promisify

/** Ends when the page has had its turn; a timer would wait 4 ms. */
export const turn = (() =>
  new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel()
    Object.assign(port1, {
      onmessage: () => {
        port1.close()
        resolve()
      },
    })
    port2.postMessage(undefined)
  })) as typeof node.turn

// Pages without https have no randomUUID.
export const randomUUID: typeof node.randomUUID = () =>
  '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (c) =>
    (Number(c) ^ ((crypto.getRandomValues(new Uint8Array(1))[0] as number) & (15 >> (Number(c) / 4)))).toString(16),
  ) as ReturnType<typeof node.randomUUID>

const bytesOf = (data: node.BinaryLike): Uint8Array =>
  typeof data === 'string'
    ? new TextEncoder().encode(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

export const createHash = ((kind: string) => {
  if (kind !== 'sha256') return absent(kind)()
  const sum = sha256()
  const hash = {
    update: (data: node.BinaryLike) => {
      sum.update(bytesOf(data))
      return hash
    },
    digest: () => sum.digest(),
  }
  return hash
}) as unknown as typeof node.createHash

const POLYNOMIAL = 0xedb88320

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1
  return rest
})

export const crc32: typeof node.crc32 = (data) => {
  let rest = 0xffffffff
  for (const byte of bytesOf(data)) rest = (rest >>> 8) ^ (table[(rest ^ byte) & 255] as number)
  return (rest ^ 0xffffffff) >>> 0
}

// A byte can stand for 1032, so this is what comes at once beyond the most that is wanted.
const PIECE = 2 ** 14

type Stream = new (see: (piece: Uint8Array) => void) => { push: (piece: Uint8Array, isLast: boolean) => void }

const failed = (code: string, message: string): Error => Object.assign(new Error(message), { code })

/** Unpacks a piece at a time, so that what a few bytes promise is not allocated. */
const unpacker =
  (Unpack: Stream) =>
  (data: Uint8Array, { maxOutputLength = Number.POSITIVE_INFINITY } = {}): Uint8Array => {
    const pieces: Uint8Array[] = []
    let size = 0
    const stream = new Unpack((piece) => {
      size += piece.length
      if (size > maxOutputLength) {
        throw failed('ERR_BUFFER_TOO_LARGE', `Cannot create a Buffer larger than ${maxOutputLength} bytes`)
      }
      pieces.push(piece)
    })
    try {
      for (let at = 0; at < data.length; at += PIECE) {
        stream.push(data.subarray(at, at + PIECE), at + PIECE >= data.length)
      }
    } catch (error) {
      const isEarly = error instanceof Error && error.message === 'unexpected EOF'
      throw isEarly ? failed('Z_BUF_ERROR', 'unexpected end of file') : error
    }
    return joined(pieces)
  }

export const inflateRawSync = unpacker(Inflate) as unknown as typeof node.inflateRawSync
export const inflateSync = unpacker(Unzlib) as unknown as typeof node.inflateSync
export const gunzip = unpacker(Gunzip) as unknown as typeof node.gunzip
export const deflateSync = ((data: Uint8Array) => zlibSync(data, { level: 9 })) as unknown as typeof node.deflateSync
