import {
  boolean,
  either,
  type Given,
  naturalNumber,
  OptionError,
  oneOf,
  orThrow,
  type Resolved,
  resolveOptions,
  ShapeError,
  withDefault,
} from '../errors/index.ts'
import { kernelsFor, temporary } from '../kernels/index.ts'
import {
  type Bytes,
  checkDtype,
  checkIndices,
  type Dtype,
  empty,
  formatShape,
  type Shape,
  type Tensor,
} from '../tensor/index.ts'
import type { Key } from './key.ts'
import { randomIndices, unitAt } from './random.ts'

// Bound once: where tests have a realm of their own (Jest), each look-up of a global costs microseconds.
const { floor } = Math

/** How images of a training batch are varied, each by its own draw. */
export const augmentation = {
  /**
   * Mirror left and right: true with probability ½, 'alternate' every second epoch, half of the images in even ones and the others in
   * odd ones; false unless given.
   */
  flip: withDefault(false, either(boolean, oneOf(['alternate']))),
  /** Most pixels that an image is moved, in each of the two directions; an integer ≥ 0, 0 unless given. */
  shift: withDefault(0, naturalNumber),
  /** What comes in from outside: 'zero', the mean where the rows subtract it, or 'reflect', the image itself; 'zero' unless given. */
  border: withDefault('zero', oneOf(['zero', 'reflect'])),
}

/** How images of a training batch are varied, each by its own draw. @interface */
export type Augmentation = Given<typeof augmentation>

/** Of alternating flips: what draws the side that an image begins with, and how many epochs came before. */
export interface FlipSides {
  /** Draws the side, of each row by itself. */
  readonly key: Key
  /** Epochs made before. */
  readonly epoch: number
}

/** Why images of this shape cannot be augmented so, if they cannot. */
export const augmentationFault = ({ shift = 0, border }: Augmentation, shape: Shape): string | undefined => {
  const [height = 0, width = 0] = shape.slice(-2)
  return border === 'reflect' && shift >= Math.min(height, width)
    ? `border 'reflect' needs a shift that is smaller than the image, but shift is ${shift} and the images are ${height}×${width}; lower it, or use border 'zero'`
    : undefined
}

/** Whether the image in a row is mirrored in an epoch. */
const isTurned = ({ key, epoch }: FlipSides, row: number): boolean => unitAt(key, row) < 0.5 === (epoch % 2 === 0)

const MIRRORED = 1
const REFLECTED = 2

const movesOf = (
  key: Key,
  indices: Int32Array,
  { flip, shift, border }: Resolved<typeof augmentation>,
  sides: FlipSides,
): Int32Array => {
  const count = indices.length
  const side = 2 * shift + 1
  const draws = randomIndices(key, count, side * side * (flip === true ? 2 : 1))
  const moves = temporary('int32', 3 * count)
  for (let i = 0; i < count; i++) {
    const draw = draws[i] as number
    const mirrored = flip === 'alternate' ? isTurned(sides, indices[i] as number) : draw >= side * side
    moves[3 * i] = (draw % side) - shift
    moves[3 * i + 1] = (floor(draw / side) % side) - shift
    moves[3 * i + 2] = (mirrored ? MIRRORED : 0) + (border === 'reflect' ? REFLECTED : 0)
  }
  return moves
}

/**
 * The images at the given indices, each moved by up to `shift` pixels and maybe mirrored, decoded: shape (indices.length, …)
 *
 * Moves are a pure function of (key, place in the batch); the side of an alternating flip is one of (sides, index).
 *
 * @param rows          images, shape (N, …, H, W); all axes between are planes
 * @param indices       integers from 0 to N − 1
 * @param moved         `flip`, `shift`, `border`
 * @param key           draws the moves
 * @param dtype         float32 unless given
 * @param sides         of flip 'alternate'; the key, and epoch 0, unless given
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
  sides: FlipSides = { key, epoch: 0 },
): Tensor => {
  const known = orThrow(resolveOptions('gatherAugmented', moved, augmentation))
  checkDtype('gatherAugmented', dtype)
  checkIndices('gatherAugmented', rows, indices)
  const [height, width] = rows.shape.slice(-2)
  if (rows.shape.length < 3 || height === undefined || width === undefined) {
    throw new ShapeError(`gatherAugmented: rows are images of shape (N, …, H, W), but have ${formatShape(rows.shape)}`)
  }
  const fault = augmentationFault(known, rows.shape)
  if (fault !== undefined) throw new OptionError(`gatherAugmented: ${fault}`)
  const out = empty([indices.length, ...rows.shape.slice(1)], dtype)
  const moves = movesOf(key, indices, known, sides)
  kernelsFor(out.data).gatherImages(rows.data, indices, rows.mean, rows.scale, moves, height, width, out.data)
  return out
}
