import { dirname, extname, join } from 'node:path'
import { SweepError } from '../errors.ts'
import { domainAt } from '../space/index.ts'
import type { Direction, ParamValue } from '../trial.ts'
import { distributionOf, internalOf } from './distribution.ts'
import { difference, HEAD, type Head, recordOf } from './head.ts'
import type { Operation } from './operation.ts'
import type { Replay, Row, StudyRow } from './replay.ts'

const optunaDirection: Readonly<Record<Direction, number>> = { minimize: 1, maximize: 2 }

export const studyOf = (state: Replay, { name }: Head): StudyRow | undefined =>
  [...state.studies.values()].find((study) => study.name === name)

/** Why a study that is there cannot be continued with this head. */
export const studyFault = (path: string, study: StudyRow, head: Head): string | undefined => {
  const [direction] = study.directions
  const where = `runSweep: study '${head.name}' in ${path}`
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
    : `${where} was begun otherwise: ${changed}; put that back, or name another journal, which begins a study of its own`
}

/** Why a new study may not begin in a file: it is there under another name, and all would be run again. */
export const renamedFault = (path: string, { studies }: Replay, head: Head): string | undefined => {
  const same = [...studies.values()].find(({ attributes }) => {
    const recorded = attributes.get(HEAD)
    return recorded !== undefined && difference(recorded, head) === undefined
  })
  if (same === undefined) return undefined
  const file = join(dirname(path), same.name + extname(path))
  return `runSweep: journal ${path} holds this study under the name '${same.name}', after which its file must be named: rename it to ${file}, or, if that is there, put it into another folder; to begin anew, name another journal`
}

/** Appends a line and replays it. */
export type Write = (operation: Operation) => void

/** The study, which is written if it is new, or was made in Optuna. */
export const ensureStudy = (state: Replay, write: Write, head: Head): StudyRow => {
  const find = (): StudyRow | undefined => studyOf(state, head)
  if (find() === undefined) {
    const cachegrad = { study: state.studyCount }
    write({ op_code: 0, study_name: head.name, directions: [optunaDirection[head.direction]], cachegrad })
  }
  const study = find()
  if (study === undefined) throw new SweepError(`runSweep: study '${head.name}' was removed while it was opened`)
  if (!study.attributes.has(HEAD)) {
    write({ op_code: 2, study_id: study.id, user_attr: { [HEAD]: recordOf(head) } })
  }
  return study
}

/** Parameters that were asked for in Optuna are those of a trial that nobody has begun. */
export const paramsOf = ({ params, asked }: Row): ReadonlyMap<string, ParamValue> =>
  params.size === 0 && asked !== undefined ? new Map(Object.entries(asked)) : params

/**
 * The trials to keep by number. Ours say theirs; one made in Optuna has the number that it has there, its place in the study, or the
 * smallest one that is free where that is taken.
 */
export const numbersOf = (study: StudyRow, keep: ReadonlySet<Row>): Map<number, Row> => {
  const numbered = new Map<number, Row>()
  const late: Row[] = []
  for (const row of keep) if (row.number !== undefined && !numbered.has(row.number)) numbered.set(row.number, row)
  study.rows.forEach((row, place) => {
    if (!keep.has(row) || row.number !== undefined) return
    if (numbered.has(place)) late.push(row)
    else numbered.set(place, row)
  })
  let next = 0
  for (const row of late) {
    while (numbered.has(next)) next++
    numbered.set(next, row)
  }
  return numbered
}

/** Writes parameters that were asked for in Optuna as the trial's own. */
export const writeEnqueuedParams = (row: Row, write: Write, { space }: Head): void => {
  if (row.params.size > 0) return
  for (const [name, value] of paramsOf(row)) {
    const domain = domainAt(space, name)
    const [param_value_internal, distribution] = [internalOf(domain, value), distributionOf(domain)]
    write({ op_code: 5, trial_id: row.id, param_name: name, param_value_internal, distribution })
  }
}
