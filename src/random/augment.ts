import {
  boolean,
  type Given,
  naturalNumber,
  orThrow,
  type Resolved,
  resolveOptions,
  ShapeError,
  withDefault,
} from '../errors/index.ts'
import { kernelsFor, temporary } from '../kernels/index.ts'
import { type Bytes, checkDtype, checkIndices, type Dtype, empty, formatShape, type Tensor } from '../tensor/index.ts'
import type { Key } from './key.ts'
import { randomIndices } from './random.ts'

// Bound once: where tests have a realm of their own (Jest), each look-up of a global costs microseconds.
const { floor } = Math

/** How images of a training batch are varied, each by its own draw. */
export const augmentation = {
  /** Mirror left and right with probability ½; false unless given. */
  flip: withDefault(false, boolean),
  /** Most pixels that an image is moved, in each of the two directions; an integer ≥ 0, 0 unless given. */
  shift: withDefault(0, naturalNumber),
}

/** How images of a training batch are varied, each by its own draw. @interface */
export type Augmentation = Given<typeof augmentation>

const movesOf = (key: Key, count: number, { flip, shift }: Resolved<typeof augmentation>): Int32Array => {
  const side = 2 * shift + 1
  const draws = randomIndices(key, count, side * side * (flip ? 2 : 1))
  const moves = temporary('int32', 3 * count)
  for (let i = 0; i < count; i++) {
    const draw = draws[i] as number
    moves[3 * i] = (draw % side) - shift
    moves[3 * i + 1] = (floor(draw / side) % side) - shift
    moves[3 * i + 2] = draw >= side * side ? 1 : 0
  }
  return moves
}

/**
 * The images at the given indices, each moved by up to `shift` pixels and maybe mirrored, decoded: shape (indices.length, …)
 *
 * What comes in from outside is 0, so the mean where the rows subtract it. Moves are a pure function of (key, place in the batch).
 *
 * @param rows          images, shape (N, …, H, W); all axes between are planes
 * @param indices       integers from 0 to N − 1
 * @param moved         `flip`, `shift`
 * @param key           draws the moves
 * @param dtype         float32 unless given
 * @throws              ShapeError when rows are no images, their numbers do not fit their shape, or an index is out of range;
 *                      OptionError for a wrong augmentation, ArgumentError for another dtype
 * @example             gatherAugmented(bytes([1, 1, 2], new Uint8Array([1, 2])), new Int32Array([0]), {}, key(0)).data   // Float32Array [1, 2]
 * @see                 Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep convolutional neural networks", 2012, section 4.1
 */
export const gatherAugmented = (
  rows: Bytes,
  indices: Int32Array,
  moved: Augmentation,
  key: Key,
  dtype: Dtype = 'float32',
): Tensor => {
  const known = orThrow(resolveOptions('gatherAugmented', moved, augmentation))
  checkDtype('gatherAugmented', dtype)
  checkIndices('gatherAugmented', rows, indices)
  const [height, width] = rows.shape.slice(-2)
  if (rows.shape.length < 3 || height === undefined || width === undefined) {
    throw new ShapeError(`gatherAugmented: rows are images of shape (N, …, H, W), but have ${formatShape(rows.shape)}`)
  }
  const out = empty([indices.length, ...rows.shape.slice(1)], dtype)
  const moves = movesOf(key, indices.length, known)
  kernelsFor(out.data).gatherImages(rows.data, indices, rows.mean, rows.scale, moves, height, width, out.data)
  return out
}
