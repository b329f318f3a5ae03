import { createLine } from './createLine.ts'
import { HEAD, type Head, recordedSpace } from './head.ts'
import { type Entry, type Piece, pieces, sealed } from './line.ts'
import { FAIL, isFinal, isRecord, type Operation, type Own, WAITING } from './operation.ts'
import { type Replay, replay } from './replay.ts'
import { isoTime } from './time.ts'
import { fitsSpace, OUTCOME } from './view.ts'

/** A journal without its damaged lines. */
export interface Repaired {
  readonly bytes: Buffer
  /** What was damaged, in order. */
  readonly damaged: readonly Buffer[]
}

/** What gets its id from the order of lines. */
type Kind = 'study' | 'trial'

const CREATES: Readonly<Record<Kind, number>> = { study: 0, trial: 4 }

const referred = (kind: Kind, operation: Operation): number | undefined =>
  kind === 'study'
    ? 'study_id' in operation
      ? operation.study_id
      : undefined
    : 'trial_id' in operation
      ? operation.trial_id
      : undefined

/** So many pieces ahead an id is looked for that tells what was lost. */
const AHEAD = 1000

/** Whether damaged bytes begin as a line that creates one; a guess. */
const looksLike = (kind: Kind, bytes: Buffer): number =>
  bytes.toString('latin1', 0, 20).startsWith(`{"op_code":${CREATES[kind]},`) ? 1 : 0

/**
 * How many lines that created a study or a trial are lost at a damaged piece. The lines behind it tell: ours say the id that they
 * create, all say ids that must be there.
 */
const lostAt = (all: readonly Piece[], bytes: Buffer, at: number, kind: Kind, count: number): number => {
  const guess = ({ from, to }: Piece): number => looksLike(kind, bytes.subarray(from, to))
  let known = count
  let needed = 0
  for (const piece of all.slice(at + 1, at + 1 + AHEAD)) {
    if (piece.entry === undefined) {
      known += guess(piece)
      continue
    }
    const { operation } = piece.entry
    const created = operation.op_code === CREATES[kind]
    const id = operation.cachegrad?.[kind]
    if (created && id !== undefined) return Math.max(0, id - known)
    needed = Math.max(needed, (referred(kind, operation) ?? -1) + 1 - known)
    if (created) known++
  }
  const here = all[at]
  return Math.max(needed, known > count && here !== undefined ? guess(here) : 0)
}

const entryOf = (operation: Operation): Entry => ({ operation, sealed: true })

/** What other lines say of studies and trials whose own line is lost. */
interface Elsewhere {
  /** Of studies that are there. */
  readonly names: ReadonlySet<unknown>
  readonly heads: ReadonlyMap<number, Readonly<Record<string, unknown>>>
  /** Trials that have a result; what it repeats, if it is ours. */
  readonly results: ReadonlyMap<number, Own>
}

const elsewhere = (all: readonly Piece[]): Elsewhere => {
  const heads = new Map<number, Readonly<Record<string, unknown>>>()
  const results = new Map<number, Own>()
  const names = new Set<unknown>()
  for (const { entry } of all) {
    const operation = entry?.operation
    const head = operation?.op_code === 2 && entry?.sealed ? operation.user_attr[HEAD] : undefined
    if (operation?.op_code === 0) names.add(operation.study_name)
    if (operation?.op_code === 2 && isRecord(head)) {
      heads.set(operation.study_id, head)
      names.add(head.name)
    }
    if (operation?.op_code === 6 && isFinal(operation.state)) results.set(operation.trial_id, operation.cachegrad ?? {})
  }
  return { names, heads, results }
}

/** What it was called, or what it must be called: the study that is opened, where no other line is that one. */
const studyLine = (id: number, { heads, names }: Elsewhere, text: string, asked: Head): Operation => {
  const free = names.has(asked.name) ? `lost ${id}` : asked.name
  const { name = /"study_name":"([^"\\]+)"/.exec(text)?.[1] ?? free, direction } = heads.get(id) ?? {}
  const known = direction ?? (name === asked.name ? asked.direction : undefined)
  const maximize = known === 'maximize' || (known === undefined && /"directions":\[2\]/.test(text))
  return { op_code: 0, study_name: String(name), directions: [maximize ? 2 : 1], cachegrad: { study: id } }
}

/** Fails, so that it is not run, and later ids stay right. */
const lostLine = (study_id: number, trial: number): Operation => ({
  op_code: 4,
  study_id,
  datetime_start: null,
  datetime_complete: isoTime(Date.now()),
  state: FAIL,
  user_attrs: { [OUTCOME]: { state: 'failed', reason: 'its line in the journal was damaged' } },
  cachegrad: { trial, lost: true },
})

/** The line again, as far as others tell: our results repeat the parameters, Optuna has lines for them. */
const trialLine = (state: Replay, { results }: Elsewhere, text: string): Operation => {
  const id = state.rows.length
  const named = Number(/"study_id":(\d+)/.exec(text)?.[1] ?? Number.NaN)
  const study = state.studies.get(named) ?? [...state.studies.values()].at(-1)
  const study_id = study?.id ?? 0
  const result = results.get(id)
  if (result === undefined) return lostLine(study_id, id)
  const { params, number } = result
  if (params === undefined)
    return { op_code: 4, study_id, datetime_start: null, state: WAITING, cachegrad: { trial: id } }
  const space = recordedSpace(study?.attributes.get(HEAD))
  if (space === undefined || !fitsSpace(space, new Map(Object.entries(params)))) return lostLine(study_id, id)
  return createLine(space, study_id, params, { trial: id, number })
}

const NEWLINE = Buffer.from('\n')

/**
 * The journal without its damaged lines, which Optuna cannot read over. Its ids are the places of lines that create, so where such a
 * line is lost another one takes its place, and nothing that follows changes its meaning.
 *
 * @param asked  the study that is opened
 */
export const repair = (bytes: Buffer, asked: Head): Repaired => {
  const all = [...pieces(bytes)]
  const known = elsewhere(all)
  const state = replay()
  const parts: Buffer[] = []
  const damaged: Buffer[] = []
  const insert = (operation: Operation): void => {
    parts.push(sealed(operation))
    state.apply(entryOf(operation))
  }
  all.forEach(({ from, to, entry }, at) => {
    const part = bytes.subarray(from, to)
    if (entry !== undefined) {
      parts.push(part, NEWLINE)
      state.apply(entry)
      return
    }
    damaged.push(part)
    const text = part.toString('utf8', 0, 4096)
    const studies = lostAt(all, bytes, at, 'study', state.studyCount)
    for (let k = 0; k < studies; k++) insert(studyLine(state.studyCount, known, text, asked))
    const trials = lostAt(all, bytes, at, 'trial', state.rows.length)
    for (let k = 0; k < trials; k++) insert(trialLine(state, known, text))
  })
  return { bytes: Buffer.concat(parts), damaged }
}
