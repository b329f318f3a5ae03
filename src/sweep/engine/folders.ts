import { shortened } from '../../files/index.ts'
import {
  basename,
  dirname,
  join,
  randomUUID,
  readdirSync,
  resolve,
  rmdirSync,
  rmSync,
  tmpdir,
} from '../../system/index.ts'
import { removeLog } from './history.ts'

/** Where trials keep their checkpoints: beside the journal, so that a later process finds them, or else for this run only. */
export interface Folders {
  readonly of: (trial: number) => string
  /** Removes what is of no use to a later run. */
  readonly close: () => void
}

const ENDING = '.trials'

const NAME = /^trial-(\d+)$/

/**
 * @param journal  path of the journal, if there is one: `study.jsonl` has its folders in `study.trials`
 * @param isFinal  whether a trial has its result; what it left, when a process died just then, is removed
 */
export const foldersOf = (journal: string | undefined, isFinal: (trial: number) => boolean): Folders => {
  const root =
    journal === undefined
      ? join(tmpdir(), `cachegrad-sweep-${randomUUID()}`)
      : join(dirname(resolve(journal)), shortened(basename(journal, '.jsonl'), ENDING.length) + ENDING)
  const of = (trial: number): string => join(root, `trial-${trial}`)
  const names = (): readonly string[] => {
    try {
      return readdirSync(root)
    } catch {
      return [] // it is made by the first trial that wants a folder
    }
  }
  for (const name of names()) {
    const number = NAME.exec(name)?.[1]
    if (number !== undefined && isFinal(Number(number))) removeLog(join(root, name))
  }
  const close = (): void => {
    try {
      if (journal === undefined) rmSync(root, { recursive: true, force: true })
      else rmdirSync(root)
    } catch {
      // Absent, or still of use.
    }
  }
  return { of, close }
}
