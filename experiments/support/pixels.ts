import { open } from 'node:fs/promises'
import { decodePicture, type PictureSize, readIdx, resizePicture } from '../../src/data/index.ts'
import { explain, readReasons } from '../../src/files/index.ts'
import { orThrow, type Shape } from '../../src/index.ts'

const LARGEST = 2 ** 26 // bytes of a picture's file

const shown = (shape: Shape): string => shape.join('×')

/** The picture that an example of this shape is, if it is one: (C, H, W), (H, W), or flattened and then a square. */
const pictureOf = (shape: Shape): PictureSize | undefined => {
  const [channels = 1, height = 0, width = 0] = shape.length === 3 ? shape : [1, ...shape]
  if (shape.length >= 2 && shape.length <= 3 && (channels === 1 || channels === 3)) return { channels, height, width }
  const size = shape.length === 1 ? (shape[0] as number) : 0
  for (const planes of [1, 3] as const) {
    const side = Math.sqrt(size / planes)
    if (side >= 1 && Number.isInteger(side)) return { channels: planes, height: side, width: side }
  }
  return undefined
}

/** The shapes of rows whose bytes are, in their order, an example of this shape. */
const rowShapes = (shape: Shape): readonly Shape[] => {
  const picture = pictureOf(shape)
  if (picture === undefined) return [shape]
  const { channels, height, width } = picture
  return [shape, [channels, height, width], ...(channels === 1 ? [[height, width]] : [])]
}

const idxPixels = async (path: string, row: number, shape: Shape): Promise<Uint8Array> => {
  const { shape: all, data } = orThrow(await readIdx(path)())
  const [count = 0, ...example] = all
  if (!rowShapes(shape).some((fitting) => shown(fitting) === shown(example))) {
    const found = example.length === 0 ? 'are single numbers' : `have shape ${shown(example)}`
    throw new Error(`${path}: its rows ${found}, but the net takes ${shown(shape)}; is it a file of images?`)
  }
  if (row >= count)
    throw new Error(`--row ${row} is not in ${path}, which has ${count} rows, from 0; give a smaller one`)
  const size = example.reduce((product, length) => product * length, 1)
  return data.subarray(row * size, (row + 1) * size)
}

/** The first bytes of a file, and how many it has. */
const peek = async (path: string): Promise<{ readonly head: Uint8Array; readonly size: number }> => {
  const handle = await open(path).catch((error: unknown) => {
    throw new Error(`${path}: ${explain(readReasons, error)}`)
  })
  try {
    const info = await handle.stat()
    if (!info.isFile()) throw new Error(`${path}: this is no file but a folder or a device`)
    const head = new Uint8Array(8)
    await handle.read(head)
    return { head, size: info.size }
  } finally {
    await handle.close()
  }
}

/** A picture's bytes as the net takes them; one of another size is resized as `loadImages` does, and that is said. */
const pictureFrom = async (
  path: string,
  size: number,
  shape: Shape,
  note: (text: string) => void,
): Promise<Uint8Array> => {
  const picture = pictureOf(shape)
  if (picture === undefined) {
    throw new Error(`${path}: the net takes examples of shape ${shown(shape)}, which are no pictures; give an IDX file`)
  }
  if (size > LARGEST) {
    throw new Error(
      `${path}: it has ${size} bytes, but at most ${LARGEST} are read; is it a picture as the net takes it?`,
    )
  }
  const handle = await open(path)
  const bytes = await handle.readFile().finally(() => handle.close())
  const { channels, height, width } = picture
  const decoded = orThrow(decodePicture(path, bytes, { channels }))
  const sides = (of: PictureSize): string => `${of.width}×${of.height}`
  if (decoded.width !== width || decoded.height !== height) {
    note(`${path} has ${sides(decoded)} pixels, and is resized to the ${sides(picture)} that the net takes`)
  }
  return resizePicture(decoded, [height, width]).data
}

const isPicture = ([first, second, third]: Uint8Array): boolean =>
  (first === 0x89 && second === 0x50) || (first === 0xff && second === 0xd8 && third === 0xff)

/**
 * Bytes of one example from a PNG or JPEG file, or from a row of an IDX file (packed by gzip or not), as a net of this input shape
 * takes them.
 *
 * @param note  is told what was done to a picture of another size
 */
export const pixelsOf = async (
  path: string,
  row: number,
  shape: Shape,
  note: (text: string) => void = () => {},
): Promise<Uint8Array> => {
  const { head, size } = await peek(path)
  return isPicture(head) ? pictureFrom(path, size, shape, note) : idxPixels(path, row, shape)
}
