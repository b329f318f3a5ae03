import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { bytesFault, fileName, type Given, type Requirement, type Resolved, requirement } from '../../errors/index.ts'
import { messageOf, recognised } from '../../files/index.ts'
import { DataError } from '../errors.ts'
import { readBytes } from '../files/readBytes.ts'
import { resolved } from '../options.ts'
import { isJpeg, jpegPixels, jpegSize } from './jpeg.ts'
import { inPlanes, type Picture, type PictureSize } from './picture.ts'
import { isPng, pngPixels, pngSize } from './png.ts'
import { resizePicture, sizeRequirement } from './resize.ts'

const channels: Requirement<1 | 3> = requirement('1 (grey) or 3 (red, green, blue)', (v) => v === 1 || v === 3)

const bytesOf = (name: string, bytes: Uint8Array): E.Either<DataError, Uint8Array> => {
  const misgiven = bytesFault(bytes)
  return misgiven === undefined ? E.right(bytes) : E.left(new DataError(`${fileName(name)}: ${misgiven}`))
}

/** In which form pictures are wanted. */
export const pictureForm = {
  /** Pixels of a side, or [height, width], to which each picture is resized (bilinear, proportions are not kept); its own unless given. */
  size: sizeRequirement,
  /** 1 for grey, 3 for red, green and blue; its own unless given. */
  channels,
}

/** The options of `decodePicture` and `loadPicture`. @interface */
export type PictureOptions = Given<typeof pictureForm>

/** What a file that is no picture of ours is instead. */
const otherKind = (bytes: Uint8Array): string => {
  const what = recognised(bytes)
  return what === undefined
    ? 'a PNG or JPEG picture is expected; is it the right file?'
    : `a PNG or JPEG picture is expected, but this is ${what}`
}

const fits = ({ width, height }: PictureSize): boolean => width > 0 && height > 0

/** The size that the first bytes of a file tell; right(undefined) where they do not reach that far. */
export const pictureSize = (name: string, bytes: Uint8Array): E.Either<DataError, PictureSize | undefined> =>
  E.tryCatch(
    () => {
      if (!isPng(bytes) && !isJpeg(bytes)) throw new Error(otherKind(bytes))
      const told = isPng(bytes) ? pngSize(bytes) : jpegSize(bytes)
      if (told !== undefined && !fits(told)) throw new Error('it has no pixel; get it again')
      return told
    },
    (error) => new DataError(`${fileName(name)}: ${messageOf(error)}`, { cause: error }),
  )

const decoded = (bytes: Uint8Array, { size, channels }: Resolved<typeof pictureForm>): Picture => {
  if (!isPng(bytes) && !isJpeg(bytes)) throw new Error(otherKind(bytes))
  const pixels = isPng(bytes) ? pngPixels(bytes) : jpegPixels(bytes)
  if (!fits(pixels)) throw new Error('it has no pixel; get it again')
  const picture = inPlanes(pixels, channels ?? pixels.channels)
  return size === undefined ? picture : resizePicture(picture, size)
}

/** `decodePicture` after its options were checked. */
export const decodeAs =
  (form: Resolved<typeof pictureForm>) =>
  (name: string, bytes: Uint8Array): E.Either<DataError, Picture> =>
    E.tryCatch(
      () => decoded(bytes, form),
      (error) => new DataError(`${fileName(name)}: ${messageOf(error)}`, { cause: error }),
    )

/**
 * The picture in the bytes of a PNG or JPEG file, as planes of bytes
 *
 * Colours become grey by Rec. 601, what is transparent is black, 16 bits become 8, and the turn that a camera notes (EXIF) is not
 * followed.
 *
 * @param name     of the file, for messages
 * @param bytes    the whole file
 * @param options  `size` and `channels`, where those of the picture are not what is wanted
 * @returns        { channels, height, width, data }; left(DataError) for a damaged file, another kind, or a size that its bytes do not hold
 * @example        pipe(decodePicture('p', new Uint8Array(2)), E.mapLeft(({ message }) => message))   // left('p: a PNG or JPEG picture is expected; is it the right file?')
 */
export const decodePicture = (
  name: string,
  bytes: Uint8Array,
  options: PictureOptions = {},
): E.Either<DataError, Picture> =>
  pipe(
    resolved('decodePicture', options, pictureForm),
    E.chainFirst(() => bytesOf(name, bytes)),
    E.chain((form) => decodeAs(form)(name, bytes)),
  )

/**
 * `decodePicture` of a file
 *
 * @param path     of the file, at most 1 GiB
 * @param options  as for `decodePicture`; `{ channels: 3, size: [64, 64] }` gives what a net of input shape (3, 64, 64) takes
 * @returns        left(DataError) when it cannot be read, or as `decodePicture` tells
 * @example        loadPicture('cat.jpg', { size: 64 })()   // Promise of right({ channels: 3, height: 64, width: 64, data })
 */
export const loadPicture = (path: string, options: PictureOptions = {}): TE.TaskEither<DataError, Picture> =>
  pipe(
    TE.fromEither(resolved('loadPicture', options, pictureForm)),
    TE.chain((form) =>
      pipe(
        readBytes(path),
        TE.chainEitherK((bytes) => decodeAs(form)(path, bytes)),
      ),
    ),
  )
