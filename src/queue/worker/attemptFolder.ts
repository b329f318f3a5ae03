import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const NAME = /^attempt-(\d+)$/

/** Where the attempts of a trial keep their checkpoints: each in its own folder, so that one that was given up disturbs no later one. */
export interface TrialFolder {
  /** The folder of this attempt, with what the one before it has left. */
  readonly path: string
  /** The trial has its result. */
  readonly remove: () => void
}

const attemptsIn = (folder: string): readonly number[] => {
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number)
}

/**
 * @param root  that the machines share, or this one's own
 */
export const trialFolder = (root: string, number: number, attempt: number): TrialFolder => {
  const folder = join(root, `trial-${number}`)
  const path = join(folder, `attempt-${attempt}`)
  const before = Math.max(...attemptsIn(folder).filter((other) => other < attempt))
  mkdirSync(folder, { recursive: true })
  if (before > 0 && !existsSync(path)) {
    const source = join(folder, `attempt-${before}`)
    const draft = join(folder, `draft-${attempt}`)
    rmSync(draft, { recursive: true, force: true })
    // Checkpoints first: the history must have all that came before them.
    cpSync(source, draft, { recursive: true })
    if (existsSync(`${source}.jsonl`)) cpSync(`${source}.jsonl`, `${path}.jsonl`)
    renameSync(draft, path)
  }
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
