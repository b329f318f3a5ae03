import { appendFileSync, mkdirSync, readFileSync, rmSync } from '../../system/index.ts'
import type { Json } from '../objective.ts'
import type { Reported } from '../trial.ts'

type Entry = readonly ['reported', step: number, value: number] | readonly ['noted', name: string, value: Json]

/**
 * The history of a trial that keeps checkpoints: beside its folder lies a file with a line for each entry, so that an attempt that goes
 * on from a checkpoint has all reports before it. Without a folder nothing is written: the next attempt starts over.
 */
export interface Log {
  readonly reported: readonly Reported[]
  readonly notes: Readonly<Record<string, Json>>
  readonly report: (step: number, value: number) => void
  readonly note: (name: string, value: Json) => void
  /** The folder, made now if need be. */
  readonly folder: () => string
}

const parse = (line: string): Entry | undefined => {
  try {
    return JSON.parse(line) as Entry
  } catch {
    return undefined // the line that was being written when the process died
  }
}

const linesIn = (file: string): readonly Entry[] => {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map(parse)
      .filter((entry) => entry !== undefined)
  } catch {
    return []
  }
}

/** The history of the attempts so far, and what comes to it. */
export const openLog = (folder: string): Log => {
  const file = `${folder}.jsonl`
  const reported: Reported[] = []
  const notes: Record<string, Json> = {}
  const add = (entry: Entry): void => {
    if (entry[0] === 'noted') {
      notes[entry[1]] = entry[2]
      return
    }
    const [, step, value] = entry
    // An attempt that starts over reports the same steps again.
    while ((reported.at(-1)?.step ?? -1) >= step) reported.pop()
    reported.push({ step, value })
  }
  const earlier = linesIn(file)
  for (const entry of earlier) add(entry)
  let isKept = earlier.length > 0
  // A line break first: the last line may be torn.
  const write = (entry: Entry): void => appendFileSync(file, `\n${JSON.stringify(entry)}`)
  const enter = (entry: Entry): void => {
    add(entry)
    if (isKept) write(entry)
  }
  return {
    reported,
    notes,
    report: (step, value) => enter(['reported', step, value]),
    note: (name, value) => enter(['noted', name, value]),
    folder: () => {
      mkdirSync(folder, { recursive: true })
      if (!isKept) {
        isKept = true
        for (const { step, value } of reported) write(['reported', step, value])
        for (const [name, value] of Object.entries(notes)) write(['noted', name, value])
      }
      return folder
    },
  }
}

/** Removes what attempts of a trial have left; what cannot be removed now may be when the study is opened again. */
export const removeLog = (folder: string): void => {
  try {
    rmSync(folder, { recursive: true, force: true })
    rmSync(`${folder}.jsonl`, { force: true })
  } catch {
    // No reason to end a sweep: e.g. somebody still writes there.
  }
}
