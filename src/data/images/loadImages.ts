import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { boolean, functionOf, type Given, listOf, type Resolved, shown, text, withDefault } from '../../errors/index.ts'
import { explain, readReasons } from '../../files/index.ts'
import { allocate } from '../../kernels/index.ts'
import { basename, resolve } from '../../system/index.ts'
import { type Bytes, bytes } from '../../tensor/index.ts'
import { DataError } from '../errors.ts'
import { beginning, readBytes } from '../files/readBytes.ts'
import { resolved } from '../options.ts'
import { decodeAs, pictureForm, pictureSize } from './decodePicture.ts'
import { imageFolder, type PictureFile } from './imageFolder.ts'
import type { PictureSize } from './picture.ts'
import { heightAndWidth } from './resize.ts'

// Bound once: Jest's realm makes each look-up of a global slow.
const { min } = Math

/** Pictures by class: row i of x belongs to label i. */
export interface Images {
  /** Of the folder. */
  readonly name: string
  /** How many classes there are. */
  readonly numClasses: number
  /** Names of the folders; their place is the label. */
  readonly classNames: readonly string[]
  /** (N, C, height, width), decoded to numbers when a batch is gathered. */
  readonly x: Bytes
  /** The labels. */
  readonly y: Int32Array
  /** Path of each picture. */
  readonly files: readonly string[]
  /** Files that are no pictures by their names, which were not looked at. */
  readonly skipped: readonly string[]
}

/** How far loading is: first sizes are looked at, then pictures are decoded. */
export interface ImageProgress {
  /** The file that was looked at or decoded. */
  readonly file: string
  /** How many files are done. */
  readonly done: number
  /** How many there are. */
  readonly total: number
}

const imageOptions = {
  ...pictureForm,
  /** Pixels of a side, or [height, width], to which each picture is resized; without it all must have one size. */
  size: pictureForm.size,
  /** 1 for grey, 3 for colours; 3 unless given or all pictures are grey. */
  channels: pictureForm.channels,
  /** Pixels from 0 to 1 (true, the default), or from 0 to 255. */
  normalize: withDefault(true, boolean),
  /** The classes in their order, e.g. those of the training pictures for a folder of test pictures; by name unless given. */
  classNames: listOf(text),
  /** Called after each picture. */
  onProgress: withDefault(() => {}, functionOf<(progress: ImageProgress) => void>()),
}

/** The options of `loadImages`. @interface */
export type ImageOptions = Given<typeof imageOptions>
type Known = Resolved<typeof imageOptions>

/** Throws the error of a left, so that a loop ends at it. */
const taken = <A>(result: E.Either<DataError, A>): A => {
  if (E.isLeft(result)) throw result.left
  return result.right
}

/** Size and kind by the first bytes of a file, or by all of them where a camera wrote much before. */
const sizeOf = async (path: string): Promise<PictureSize> => {
  const early = taken(pictureSize(path, await beginning(path, HEAD)))
  if (early !== undefined) return early
  const told = taken(pictureSize(path, taken(await readBytes(path)())))
  if (told === undefined) throw new DataError(`${path}: the file is truncated; get it again`)
  return told
}

const HEAD = 2 ** 12

/** The form of all pictures; they must have one size unless one is given. */
const commonForm = async (files: readonly PictureFile[], { size, channels }: Known): Promise<PictureSize> => {
  let [first, planes]: [PictureSize | undefined, 1 | 3] = [undefined, 1]
  for (const { path } of files) {
    const own = await sizeOf(path)
    first ??= own
    if (own.channels === 3) planes = 3
    if (size === undefined && (own.width !== first.width || own.height !== first.height)) {
      const firsts = `${basename(files[0]?.path ?? '')} has ${first.width}×${first.height}`
      throw new DataError(
        `${path}: it has ${own.width}×${own.height} pixels, but ${firsts}; resize all, e.g. { size: ${min(first.width, first.height, 224)} }`,
      )
    }
  }
  const [height, width] = size === undefined ? [first?.height ?? 0, first?.width ?? 0] : heightAndWidth(size)
  return { channels: channels ?? planes, height, width }
}

// Data sets lie on the shared heap, where kernels and workers read them without a copy.
const room = (count: number, { channels, height, width }: PictureSize): Uint8Array => {
  try {
    return allocate('uint8', count * channels * height * width)
  } catch (error) {
    const all = `${count} pictures of ${channels}×${height}×${width} bytes`
    throw new DataError(`loadImages: there is no room for ${all}; give a smaller size`, { cause: error })
  }
}

const decodeAll = async (files: readonly PictureFile[], form: PictureSize, onProgress: Known['onProgress']) => {
  const { channels, height, width } = form
  const each = channels * height * width
  const pixels = room(files.length, form)
  const labels = allocate('int32', files.length)
  const decode = decodeAs({ channels, size: [height, width] })
  for (const [i, { path, label }] of files.entries()) {
    pixels.set(taken(decode(path, taken(await readBytes(path)()))).data, i * each)
    labels[i] = label
    onProgress({ file: path, done: i + 1, total: files.length })
  }
  return { pixels, labels }
}

const load = async (folder: string, known: Known): Promise<Images> => {
  const { classNames, files, skipped } = await imageFolder(folder, known.classNames)
  const form = await commonForm(files, known)
  const { pixels, labels } = await decodeAll(files, form, known.onProgress)
  const shape = [files.length, form.channels, form.height, form.width]
  return {
    name: basename(resolve(folder)),
    numClasses: classNames.length,
    classNames,
    x: bytes(shape, pixels, 0, known.normalize ? 1 / 255 : 1),
    y: labels,
    files: files.map(({ path }) => path),
    skipped,
  }
}

const reasons = {
  ...readReasons,
  ENOENT: 'there is no such folder',
  ENOTDIR: 'this is a file, not a folder; give the folder that holds a folder of pictures for each class',
}

/**
 * The pictures of a folder that holds one folder a class, PNG and JPEG, as bytes in shared memory
 *
 * Classes and pictures are sorted by name. All must have one size, or `size` is given and each is resized to it. `holdOut` draws the
 * ones to validate with; for a folder of test pictures give `classNames` of the training ones.
 *
 * @param folder   e.g. pets, where pets/cat and pets/dog hold pictures
 * @param options  all optional: `size`, `channels`, `normalize`, `classNames`, `onProgress`
 * @returns        left(DataError), one line that names the file or folder: an empty folder, folders in folders, a picture of another
 *                 size, of another kind or a damaged one
 * @example        loadImages('pets', { size: 64 })()   // Promise of right({ x: (N, 3, 64, 64), y, classNames: ['cat', 'dog'], … })
 */
export const loadImages = (folder: string, options: ImageOptions = {}): TE.TaskEither<DataError, Images> =>
  typeof folder !== 'string' || folder === ''
    ? TE.left(new DataError(`loadImages: folder is the path of a folder, but got ${shown(folder)}`))
    : pipe(
        TE.fromEither(resolved('loadImages', options, imageOptions)),
        TE.chain((known) =>
          TE.tryCatch(
            () => load(folder, known),
            (error) =>
              error instanceof DataError
                ? error
                : new DataError(`${folder}: ${explain(reasons, error)}`, { cause: error }),
          ),
        ),
      )
