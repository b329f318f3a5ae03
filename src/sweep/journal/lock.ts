import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import { isRunning, shortened } from '../../files/index.ts'
import { SweepError } from '../errors.ts'
import { isRecord } from './operation.ts'

/** Who holds a journal. */
interface LockOwner {
  readonly pid: number
  readonly host: string
  /** Boot and start time, where /proc has them: a pid is given again, this is not. */
  readonly began: string
}

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

const boot = read('/proc/sys/kernel/random/boot_id')?.trim() ?? ''

/** When a process began; '' for one that is not there or is dead, where /proc can say. */
const beganOf = (pid: number): string => {
  // The name of the program, in parentheses, may hold anything.
  const fields =
    read(`/proc/${pid}/stat`)
      ?.replace(/^.*\) /s, '')
      .split(' ') ?? []
  const [state, start] = [fields[0], fields[19]]
  return state === undefined || 'ZX'.includes(state) ? '' : `${boot} ${start}`
}

const self: LockOwner = { pid: process.pid, host: hostname(), began: beganOf(process.pid) }

/** What this process holds, which /proc cannot tell from a dead one with its pid. */
const held = new Set<string>()

const isAlive = (claim: string, owner: LockOwner): boolean => {
  // A process of another machine cannot be seen from here.
  if (owner.host !== self.host) return true
  if (self.began !== '') return beganOf(owner.pid) === owner.began
  return owner.pid === self.pid ? held.has(claim) : isRunning(owner.pid)
}

const ownerOf = (claim: string): LockOwner | undefined => {
  try {
    const value: unknown = JSON.parse(read(claim) ?? '')
    if (!isRecord(value)) return undefined
    const { pid, host, began } = value
    return Number.isSafeInteger(pid) ? { pid: pid as number, host: String(host), began: String(began) } : undefined
  } catch {
    return undefined
  }
}

const SUFFIX = '.held-by-'
const DRAFT = '.part'
const LONGEST_TAIL = 48 // bytes of the suffix, a pid, a random part and the draft's ending

/** What the names of claims on a journal begin with. */
const claimOf = (path: string): string => join(dirname(path), shortened(basename(path), LONGEST_TAIL) + SUFFIX)

/** The claims of others that live. Those of the dead are removed: a claim's name is never used again. */
const others = (path: string, mine: string): readonly string[] => {
  const folder = dirname(path)
  const claims = readdirSync(folder)
    .filter((name) => name.startsWith(basename(claimOf(path))) && !name.endsWith(DRAFT))
    .map((name) => join(folder, name))
    .filter((claim) => claim !== mine)
  return claims.filter((claim) => {
    const owner = ownerOf(claim)
    if (owner !== undefined && isAlive(claim, owner)) return true
    rmSync(claim, { force: true })
    return false
  })
}

const ageOf = (claim: string): number =>
  Date.now() - (statSync(claim, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())

const refusal = (path: string, claim: string): SweepError => {
  const { pid, host } = ownerOf(claim) ?? { pid: 0, host: self.host }
  const who = pid === self.pid && host === self.host ? `this process (${pid}) itself` : `process ${pid}`
  return new SweepError(
    host === self.host
      ? `runSweep: journal ${path} is held by ${who}; wait for it, stop it, or name another journal`
      : `runSweep: journal ${path} is held by process ${pid} on ${host}; if that one is dead, remove ${claim}`,
  )
}

const TRIES = 6

/**
 * Makes this process the only one that writes a journal.
 *
 * Each process puts a file of its own beside the journal and then looks for those of others, so of two that do this at once at least
 * one sees the other; both step back, and try again after a random while. Nothing is shared that a dead process could leave locked.
 *
 * @returns  what releases it, which also happens when the process exits; left(SweepError) names the owner
 */
export const lockJournal = async (path: string): Promise<E.Either<SweepError, () => void>> => {
  const claim = `${claimOf(path)}${self.pid}-${randomUUID().slice(0, 8)}`
  const release = (): void => {
    process.removeListener('exit', release)
    held.delete(claim)
    rmSync(claim, { force: true })
  }
  for (let attempt = 1; ; attempt++) {
    // Renamed, so that nobody reads a part of it.
    writeFileSync(claim + DRAFT, JSON.stringify(self))
    renameSync(claim + DRAFT, claim)
    held.add(claim)
    process.once('exit', release)
    const [other] = others(path, claim)
    if (other === undefined) return E.right(release)
    const refused = refusal(path, other)
    const settled = ageOf(other) > 1000
    release()
    if (settled || attempt === TRIES) return E.left(refused)
    await setTimeout(10 + 40 * Math.random() * attempt)
  }
}
