/**
 * What touches files, processes and the machine: all that the folders above take from node. In a page `index.page.ts` is in its place
 * (scripts/build-browser.mjs), which computes what can be computed there and refuses the rest.
 */

export { type BinaryLike, createHash, randomUUID } from 'node:crypto'
export {
  appendFileSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
export {
  access,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
export { get as getHttp, type IncomingMessage } from 'node:http'
export { get as getHttps } from 'node:https'
export { arch, availableParallelism, cpus, homedir, hostname, platform, tmpdir, totalmem } from 'node:os'
export { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
export { setImmediate as turn } from 'node:timers/promises'
export { inspect, promisify } from 'node:util'
export { threadId } from 'node:worker_threads'
export { crc32, deflateSync, gunzip, inflateRawSync, inflateSync } from 'node:zlib'
export { joined } from './joined.ts'

/** This process. */
export const processHere: Pick<NodeJS.Process, 'env' | 'pid' | 'platform' | 'version' | 'kill'> = process
