import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { fileName } from '../errors/index.ts'
import { explain, isAbandoned, readReasons, replaceFile, writeReasons } from '../files/index.ts'
import { join, mkdir, readdir, readFile, rename, rm, stat } from '../system/index.ts'
import { type Checkpoint, decodeCheckpoint } from './checkpoint.ts'
import { CheckpointError } from './errors.ts'

const NAME = /^step-(\d{9,15})\.safetensors$/
const PART = /^\.step-\d{9,15}\.safetensors\.[\w-]+\.part$/

export const nameOf = (step: number): string => `step-${String(step).padStart(9, '0')}.safetensors`

const fault = (what: string, reasons: Readonly<Record<string, string>>, reason: unknown): CheckpointError =>
  new CheckpointError(`${what}: ${explain(reasons, reason)}`, { cause: reason })

const stepOf = (name: string): number => Number(NAME.exec(name)?.[1])

const newestFirst = (names: readonly string[]): string[] =>
  names.filter((name) => NAME.test(name)).sort((a, b) => stepOf(b) - stepOf(a))

/** Names of the checkpoints in a folder, the newest first; makes the folder, and removes what a killed process left half written. */
export const openFolder = (folder: string): TE.TaskEither<CheckpointError, readonly string[]> =>
  TE.tryCatch(
    async () => {
      await mkdir(folder, { recursive: true })
      const names = await readdir(folder)
      // Another process may be writing one of its own just now.
      const drafts = names.filter((name) => PART.test(name)).map((name) => join(folder, name))
      await Promise.all(drafts.filter(isAbandoned).map((draft) => rm(draft, { force: true })))
      return newestFirst(names)
    },
    (reason) => fault(`the checkpoint folder ${folder} cannot be used`, writeReasons, reason),
  )

const LARGEST = 2 ** 31 - 1 // bytes that node reads at once

/**
 * The checkpoint in a file, e.g. to look at how a run went, or to go on with other options
 *
 * @param path  of one of the files that `openCheckpoints` writes
 * @returns     left(CheckpointError) when it cannot be read or is damaged
 * @example     readCheckpoint('run/step-000000100.safetensors')()   // Promise of right({ run, description })
 */
export const readCheckpoint =
  (path: string): TE.TaskEither<CheckpointError, Checkpoint> =>
  async () => {
    try {
      const info = await stat(path)
      if (!info.isFile()) return E.left(new CheckpointError(`${path}: this is no file but a folder or a device`))
      if (info.size > LARGEST) return E.left(new CheckpointError(`${path}: it has more than ${LARGEST} bytes`))
      return decodeCheckpoint(path, await readFile(path))
    } catch (reason) {
      return E.left(fault(`${fileName(path)} cannot be read`, readReasons, reason))
    }
  }

/** The newest checkpoint that is whole; newer ones are put aside, and it is told. None when there is no file at all. */
export const readNewest =
  (
    folder: string,
    names: readonly string[],
    tell: (message: string) => void,
  ): TE.TaskEither<CheckpointError, Checkpoint | undefined> =>
  async () => {
    const faults: { readonly name: string; readonly message: string }[] = []
    for (const name of names) {
      const read = await readCheckpoint(join(folder, name))()
      if (E.isRight(read)) {
        for (const bad of faults) {
          // It would count as the newest.
          await rename(join(folder, bad.name), join(folder, `${bad.name}.damaged`)).catch(() => undefined)
          tell(`${bad.message}; ${name}, the one before, is taken`)
        }
        return read
      }
      faults.push({ name, message: read.left.message })
    }
    if (faults.length === 0) return E.right(undefined)
    const all = faults.length === 1 ? 'the only checkpoint' : `each of the ${faults.length} checkpoints`
    return E.left(
      new CheckpointError(
        `${all} in ${folder} is damaged (${faults[0]?.message}); to begin anew, remove that folder or name another`,
      ),
    )
  }

/** Writes a checkpoint and then removes all but the newest few. What cannot be removed stays. */
export const writeCheckpoint = (
  folder: string,
  step: number,
  bytes: Uint8Array,
  keep: number,
): TE.TaskEither<CheckpointError, void> =>
  TE.tryCatch(
    async () => {
      if (bytes.length > LARGEST)
        throw new Error(`it has ${bytes.length} bytes, and at most ${LARGEST} could be read again`)
      await replaceFile(join(folder, nameOf(step)), bytes)
      const names = newestFirst(await readdir(folder)).filter((name) => stepOf(name) <= step)
      await Promise.all(names.slice(keep).map((name) => rm(join(folder, name), { force: true }).catch(() => undefined)))
    },
    (reason) => fault(`the checkpoint ${join(folder, nameOf(step))} cannot be written`, writeReasons, reason),
  )
