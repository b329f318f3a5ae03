import { appendFileSync, readFileSync, realpathSync, statSync, truncateSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { codeOf, explain, replaceFile } from '../../files/index.ts'
import { SweepError } from '../errors.ts'
import type { Direction } from '../trial.ts'
import { type Appender, appender, reasons } from './appender.ts'
import { difference, HEAD, type Head, recordOf } from './head.ts'
import { hold } from './holder.ts'
import { type Journal, journalOf } from './journal.ts'
import { type Piece, pieces } from './line.ts'
import { RUNNING } from './operation.ts'
import { repair } from './repair.ts'
import { type Replay, type Row, replay, type StudyRow } from './replay.ts'
import { fitsSpace } from './view.ts'

/** A larger journal is not read. */
const MAX_BYTES = 2 ** 30

const optunaDirection: Readonly<Record<Direction, number>> = { minimize: 1, maximize: 2 }

/** The file's own path, so that two names of one file are one journal. */
const targetOf = (path: string): string => {
  try {
    return realpathSync(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    return join(realpathSync(dirname(resolve(path))), basename(path))
  }
}

const contentOf = (path: string): Buffer => {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return Buffer.alloc(0)
  if (!stat.isFile()) throw new SweepError(`openJournal: ${path} is no file; name a file`)
  if (stat.size > MAX_BYTES) {
    throw new SweepError(`openJournal: ${path} has ${stat.size} bytes, more than ${MAX_BYTES}; begin another journal`)
  }
  return readFileSync(path)
}

/** A journal's lines, and what must be written for the file to be just those. */
interface Content {
  readonly all: readonly Piece[]
  readonly warnings: readonly string[]
  readonly settle: () => Promise<void>
}

const contentFrom = (path: string, bytes: Buffer): Content => {
  const found = [...pieces(bytes)]
  if (
    bytes.length > 0 &&
    found.every(({ entry }) => entry === undefined) &&
    !bytes.toString('latin1', 0, 11).startsWith('{"op_code":'.slice(0, bytes.length))
  ) {
    throw new SweepError(`openJournal: ${path} is no journal; name another file`)
  }
  const last = found.at(-1)
  const torn = last !== undefined && last.entry === undefined && bytes.at(-1) !== 10 ? last : undefined
  const whole = torn === undefined ? found : found.slice(0, -1)
  const cut =
    torn === undefined ? [] : [`${path}: cut off ${torn.to - torn.from} bytes of a line that was not finished`]
  const count = whole.filter(({ entry }) => entry === undefined).length
  if (count === 0) {
    const end = torn?.from ?? bytes.length
    const settle = async (): Promise<void> => {
      if (torn !== undefined) truncateSync(path, end)
      if (end > 0 && bytes[end - 1] !== 10) appendFileSync(path, '\n')
    }
    return { all: whole, warnings: cut, settle }
  }
  const repaired = repair(bytes, whole)
  const quarantine = `${path}.quarantine`
  const settle = async (): Promise<void> => {
    appendFileSync(quarantine, Buffer.concat(repaired.damaged.flatMap((part) => [part, Buffer.from('\n')])), {
      flush: true,
    })
    await replaceFile(path, repaired.bytes)
  }
  const moved = `${path}: moved ${count === 1 ? 'a damaged line' : `${count} damaged lines`} to ${quarantine}`
  return { all: [...pieces(repaired.bytes)], warnings: [moved, ...cut], settle }
}

const studyFault = (path: string, study: StudyRow, head: Head): string | undefined => {
  const [direction] = study.directions
  const where = `openJournal: study '${head.name}' in ${path}`
  if (study.directions.length !== 1) return `${where} has ${study.directions.length} directions; name another study`
  const recorded = study.attributes.get(HEAD)
  const changed =
    recorded !== undefined
      ? difference(recorded, head)
      : direction === optunaDirection[head.direction]
        ? undefined
        : `its direction is another one than ${head.direction}`
  return changed === undefined
    ? undefined
    : `${where} was begun otherwise: ${changed}; put that back, or give the study another name`
}

/** The study, which is written if it is new, or was made in Optuna. */
const enrol = (state: Replay, file: Appender, head: Head): StudyRow => {
  const find = (): StudyRow | undefined => [...state.studies.values()].find(({ name }) => name === head.name)
  const write = (operation: Parameters<Appender['append']>[0]): void => {
    for (const appended of file.append(operation)) state.apply(appended)
  }
  if (find() === undefined) {
    const cachegrad = { study: state.studyCount }
    write({ op_code: 0, study_name: head.name, directions: [optunaDirection[head.direction]], cachegrad })
  }
  const study = find()
  if (study === undefined) throw new SweepError(`openJournal: study '${head.name}' was removed while it was opened`)
  if (!study.attributes.has(HEAD)) {
    write({ op_code: 2, study_id: study.id, user_attr: { [HEAD]: recordOf(head) } })
  }
  return study
}

/** Trials by number. Ours say theirs; those made in Optuna get the smallest numbers that are free, which are the ones they have there. */
const numbersOf = (study: StudyRow, head: Head): { numbered: Map<number, Row>; left: number } => {
  const numbered = new Map<number, Row>()
  const rows = study.rows.filter((row) => !row.lost)
  const fit = rows.filter((row) => {
    // Parameters that were asked for in Optuna are those of a trial that nobody has begun.
    if (row.params.size === 0 && row.asked !== undefined) row.params = new Map(Object.entries(row.asked))
    return fitsSpace(head.space, row.params)
  })
  for (const row of fit) if (row.number !== undefined && !numbered.has(row.number)) numbered.set(row.number, row)
  let next = 0
  for (const row of fit) {
    if (row.number !== undefined) continue
    while (numbered.has(next)) next++
    numbered.set(next, row)
  }
  return { numbered, left: rows.length - fit.length }
}

const open = async (path: string, head: Head, release: () => void): Promise<Journal> => {
  const { all, warnings, settle } = contentFrom(path, contentOf(path))
  const state = replay()
  for (const { entry } of all) if (entry !== undefined) state.apply(entry)
  const known = [...state.studies.values()].find(({ name }) => name === head.name)
  const fault = known && studyFault(path, known, head)
  if (fault !== undefined) throw new SweepError(fault)
  await settle()
  const file = appender(path)
  try {
    const study = enrol(state, file, head)
    const { numbered, left } = numbersOf(study, head)
    const outside =
      left === 0 ? [] : [`${path}: left out ${left} trials of Optuna whose parameters are not the space's`]
    const scope = { study: study.id, space: head.space }
    const journal = journalOf(scope, state, numbered, file, [...warnings, ...outside], release)
    // Whoever ran them is dead, since nobody else holds the journal.
    for (const [number, row] of numbered) if (row.state === RUNNING) journal.toWaiting(number)
    return journal
  } catch (error) {
    file.close()
    throw error
  }
}

/**
 * Opens a study's journal, in Optuna's journal format, and makes the file if it is not there; `optuna.load_study` and
 * optuna-dashboard open it too. While it is open no other process of ours can open it.
 *
 * A line that was not finished is cut off; damaged lines are moved to `<path>.quarantine`, and the journal says so in `warnings`.
 * Trials that were running wait again. Other studies in the file stay as they are.
 *
 * @param path  of a file, in a folder that is there
 * @param head  what the study is; a study of that name that was begun with another head is refused
 * @returns     left(SweepError): held by another process, another head, no journal, not readable or writable
 * @see         https://optuna.readthedocs.io/en/stable/reference/generated/optuna.storages.JournalStorage.html
 */
export const openJournal =
  (path: string, head: Head): TaskEither<SweepError, Journal> =>
  async () => {
    let release: (() => void) | undefined
    try {
      const target = targetOf(path)
      const held = await hold(target)
      if (E.isLeft(held)) return held
      release = held.right
      return E.right(await open(target, head, release))
    } catch (error) {
      release?.()
      return E.left(
        error instanceof SweepError ? error : new SweepError(`openJournal: ${path}: ${explain(reasons, error)}`),
      )
    }
  }
