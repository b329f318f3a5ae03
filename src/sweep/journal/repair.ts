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
  /** What was damaged, in order; damaged lines that follow each other are one. */
  readonly damaged: readonly Buffer[]
  /** Of damaged lines. */
  readonly count: number
}

/** What gets its id from the order of lines. */
type Kind = 'study' | 'trial'

const kinds: readonly Kind[] = ['study', 'trial']

const CREATES: Readonly<Record<Kind, number>> = { study: 0, trial: 4 }

const referred = (kind: Kind, operation: Operation): number | undefined =>
  kind === 'study'
    ? 'study_id' in operation
      ? operation.study_id
      : undefined
    : 'trial_id' in operation
      ? operation.trial_id
      : undefined

/** The id that a line of ours creates. */
const createdBy = (kind: Kind, operation: Operation): number | undefined =>
  operation.op_code === CREATES[kind] ? operation.cachegrad?.[kind] : undefined

/** How many studies or trials must have been created before a line of ours, but were not. */
const skipped = (kind: Kind, { operation, sealed }: Entry, count: number): number => {
  const id = createdBy(kind, operation)
  const there = id ?? (sealed ? (referred(kind, operation) ?? -1) + 1 : 0)
  return Math.max(0, there - count)
}

const countOf = (kind: Kind, state: Replay): number => (kind === 'study' ? state.studyCount : state.rows.length)

/** Whether lines that created something are missing before this one. */
export const leavesOut = (state: Replay, entry: Entry): boolean =>
  kinds.some((kind) => skipped(kind, entry, countOf(kind, state)) > 0)

/** So many pieces ahead an id is looked for that tells what was lost. */
const AHEAD = 64

/** Which damaged pieces begin as a line that creates one. */
const guessesOf = (kind: Kind, all: readonly Piece[], bytes: Buffer): Uint8Array => {
  const begin = Buffer.from(`{"op_code":${CREATES[kind]},`)
  return Uint8Array.from(all, ({ from, to, entry }) => {
    if (entry !== undefined || to - from < begin.length) return 0
    return bytes.compare(begin, 0, begin.length, from, from + begin.length) === 0 ? 1 : 0
  })
}

/**
 * How many lines that created a study or a trial are lost at a damaged piece. The lines behind it tell: ours say the id that they
 * create, all say ids that must be there.
 */
const lostAt = (all: readonly Piece[], guesses: Uint8Array, at: number, kind: Kind, count: number): number => {
  let known = count
  let needed = 0
  for (let i = at + 1; i < Math.min(all.length, at + 1 + AHEAD); i++) {
    const operation = all[i]?.entry?.operation
    if (operation === undefined) {
      known += guesses[i] ?? 0
      continue
    }
    const created = operation.op_code === CREATES[kind]
    const id = createdBy(kind, operation)
    if (id !== undefined) return Math.max(0, id - known)
    needed = Math.max(needed, (referred(kind, operation) ?? -1) + 1 - known)
    if (created) known++
  }
  return Math.max(needed, known > count ? (guesses[at] ?? 0) : 0)
}

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

/** Bytes of the shortest line that creates a trial. */
const SHORTEST = 60

/** So many lines may have lost most of their bytes. */
const MOST_CUT = 1000

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
  const guesses = { study: guessesOf('study', all, bytes), trial: guessesOf('trial', all, bytes) }
  const state = replay()
  const parts: Buffer[] = []
  const damaged: { readonly from: number; to: number }[] = []
  let lines = 0
  // No more than could have been there, or was cut short: an id may be damaged as well.
  let room = MOST_CUT + bytes.length / SHORTEST
  const write = (operation: Operation): void => {
    parts.push(sealed(operation))
    state.apply({ operation, sealed: true })
  }
  const insert = (kind: Kind, count: number, { from, to, entry }: Piece): void => {
    if (count === 0 || count > room) return
    room -= count
    const text = entry === undefined ? bytes.toString('utf8', from, Math.min(to, from + 4096)) : ''
    // A trial without a study would not count.
    if (kind === 'trial' && state.studyCount === 0) write(studyLine(0, known, text, asked))
    for (let k = 0; k < count; k++) {
      write(kind === 'study' ? studyLine(state.studyCount, known, text, asked) : trialLine(state, known, text))
    }
  }
  all.forEach((piece, at) => {
    const { from, to, entry } = piece
    for (const kind of kinds) {
      const count = countOf(kind, state)
      const lost = entry === undefined ? lostAt(all, guesses[kind], at, kind, count) : skipped(kind, entry, count)
      insert(kind, lost, piece)
    }
    if (entry !== undefined) {
      parts.push(bytes.subarray(from, to), NEWLINE)
      state.apply(entry)
      return
    }
    lines++
    const before = damaged.at(-1)
    if (before !== undefined && from <= before.to + 1) before.to = to
    else damaged.push({ from, to })
  })
  return {
    bytes: Buffer.concat(parts),
    damaged: damaged.map(({ from, to }) => bytes.subarray(from, to)),
    count: lines,
  }
}
