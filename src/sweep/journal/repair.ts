import { createLine } from './createLine.ts'
import { HEAD, type Head, recordedSpace } from './head.ts'
import { type Entry, type Piece, pieces, sealed } from './line.ts'
import { FAIL, isFinal, isRecord, type Operation, type Own, WAITING } from './operation.ts'
import { CREATES, contradiction, countOf, createdBy, type Kind, kinds, referred, repeats, skipped } from './order.ts'
import { type Replay, replay } from './replay.ts'
import { isoTime } from './time.ts'
import { fitsSpace, OUTCOME } from './view.ts'

/** A journal without its damaged lines, and with the others in order. */
export interface Repaired {
  readonly bytes: Buffer
  /** What is left out, in order; lines that follow each other are one. */
  readonly leftOut: readonly Buffer[]
  /** Of lines: damaged ones, and those that were there twice, which are left out; and those that were put back in their place. */
  readonly damaged: number
  readonly repeated: number
  readonly moved: number
  /** Why the file cannot be one journal. */
  readonly contradiction: string | undefined
}

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

/** What other lines say of studies and trials whose own line is not in its place. */
interface Elsewhere {
  /** Our lines that create, by id: which piece it is. */
  readonly lines: Readonly<Record<Kind, ReadonlyMap<number, number>>>
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
  const lines = { study: new Map<number, number>(), trial: new Map<number, number>() }
  for (const [at, { entry }] of all.entries()) {
    const operation = entry?.operation
    for (const kind of entry?.sealed ? kinds : []) {
      const id = createdBy(kind, (entry as Entry).operation)
      if (id !== undefined && !lines[kind].has(id)) lines[kind].set(id, at)
    }
    const head = operation?.op_code === 2 && entry?.sealed ? operation.user_attr[HEAD] : undefined
    if (operation?.op_code === 0) names.add(operation.study_name)
    if (operation?.op_code === 2 && isRecord(head)) {
      heads.set(operation.study_id, head)
      names.add(head.name)
    }
    if (operation?.op_code === 6 && isFinal(operation.state)) results.set(operation.trial_id, operation.cachegrad ?? {})
  }
  return { lines, names, heads, results }
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
 * The journal without its damaged lines, which Optuna cannot read over. Its ids are the places of lines that create. So one of ours
 * that stands too late is put back in its place, one that is there again is left out, and where one is lost another one is made:
 * nothing that follows changes its meaning.
 *
 * @param asked  the study that is opened
 */
export const repair = (bytes: Buffer, asked: Head): Repaired => {
  const all = [...pieces(bytes)]
  const known = elsewhere(all)
  const guesses = { study: guessesOf('study', all, bytes), trial: guessesOf('trial', all, bytes) }
  const state = replay()
  const parts: Buffer[] = []
  const leftOut: { readonly from: number; to: number }[] = []
  let [damaged, repeated] = [0, 0]
  let fault: string | undefined
  const moved = new Set<number>()
  // No more than could have been there, or was cut short: an id may be damaged as well.
  let room = MOST_CUT + bytes.length / SHORTEST
  const make = (operation: Operation): void => {
    parts.push(sealed(operation))
    state.apply({ operation, sealed: true })
  }
  const keep = ({ from, to, entry }: Piece): void => {
    parts.push(bytes.subarray(from, to), NEWLINE)
    if (entry !== undefined) state.apply(entry)
  }
  const leave = ({ from, to }: Piece): void => {
    const before = leftOut.at(-1)
    if (before !== undefined && from <= before.to + 1) before.to = to
    else leftOut.push({ from, to })
  }
  /** The line that creates the next one, which stands further on. */
  const takeLater = (kind: Kind, at: number): boolean => {
    const place = known.lines[kind].get(countOf(kind, state)) ?? -1
    const later = all[place]
    if (later?.entry === undefined || place <= at || moved.has(place) || repeats(state, later.entry)) return false
    moved.add(place)
    keep(later)
    return true
  }
  const insert = (kind: Kind, count: number, at: number): void => {
    if (count === 0 || count > room) return
    room -= count
    const { from, to, entry } = all[at] as Piece
    const text = entry === undefined ? bytes.toString('utf8', from, Math.min(to, from + 4096)) : ''
    // A trial without a study would not count.
    if (kind === 'trial' && state.studyCount === 0 && !takeLater('study', at)) make(studyLine(0, known, text, asked))
    for (let k = 0; k < count; k++) {
      if (takeLater(kind, at)) continue
      make(kind === 'study' ? studyLine(state.studyCount, known, text, asked) : trialLine(state, known, text))
    }
  }
  for (const [at, piece] of all.entries()) {
    const { entry } = piece
    if (moved.has(at)) continue
    for (const kind of kinds) {
      const count = countOf(kind, state)
      insert(kind, entry === undefined ? lostAt(all, guesses[kind], at, kind, count) : skipped(kind, entry, count), at)
    }
    if (entry === undefined) {
      damaged++
      leave(piece)
      continue
    }
    fault ??= contradiction(state, entry)
    if (!repeats(state, entry)) keep(piece)
    else {
      repeated++
      leave(piece)
    }
  }
  return {
    bytes: Buffer.concat(parts),
    leftOut: leftOut.map(({ from, to }) => bytes.subarray(from, to)),
    ...{ damaged, repeated, moved: moved.size, contradiction: fault },
  }
}
