import {
  basename,
  createHash,
  dirname,
  hostname,
  join,
  processHere,
  randomUUID,
  readlinkSync,
  realpathSync,
  resolve,
  statSync,
} from '../system/index.ts'
import { codeOf } from './faults.ts'

const LONGEST = 255 // bytes of a name, in the file systems that are in use

/** A text as eight letters. */
const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)

/** A file's name, shortened where so many bytes beside it would make it too long for the system; names stay different. */
export const shortened = (name: string, beside: number): string => {
  const fits = (text: string): boolean => new TextEncoder().encode(text).length + beside <= LONGEST
  if (fits(name)) return name
  const mark = `~${short(name)}`
  const letters = [...name]
  while (!fits(letters.join('') + mark)) letters.pop()
  return letters.join('') + mark
}

/**
 * The file that a path names, through symbolic links, also where it is not there yet.
 *
 * @throws  the system's error, e.g. for links that lead to each other
 */
export const targetOf = (path: string): string => {
  try {
    return realpathSync.native(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  // A pipe, say, that /dev/stdout leads to, has no path.
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return resolve(path)
  const folder = realpathSync.native(dirname(resolve(path)))
  const link = linkAt(join(folder, basename(path)))
  return link === undefined ? join(folder, basename(path)) : targetOf(resolve(folder, link))
}

/** Where a link leads; undefined where there is none. */
const linkAt = (path: string): string | undefined => {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

/** Whether there is a process of this number on this machine. */
export const isRunning = (pid: number): boolean => {
  try {
    processHere.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's.
    return codeOf(error) === 'EPERM'
  }
}

const machine = (): string => short(hostname())

/** The draft of a file beside it: hidden, and its name says which process of which machine writes it. */
export const draftOf = (path: string): string => {
  const tail = `.${machine()}-${processHere.pid}-${randomUUID().slice(0, 8)}.part`
  return join(dirname(path), `.${shortened(basename(path), 1 + tail.length)}${tail}`)
}

const OWNER = /\.([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.part$/
const OLD = 24 * 3600 * 1000 // milliseconds; nobody writes a file for so long

/** Whether nobody writes a draft any more: its process is dead, or, where it cannot be seen from here, it is old. */
export const isAbandoned = (draft: string): boolean => {
  const [, host, pid] = OWNER.exec(draft) ?? []
  if (host === undefined || (host === machine() && !isRunning(Number(pid)))) return true
  const age = Date.now() - (statSync(draft, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
  return age > OLD
}
