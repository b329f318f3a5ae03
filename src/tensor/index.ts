export { argmaxRows } from './argmax.ts'
export { type Augmentation, augmentation, gatherAugmented } from './augment.ts'
export { ArgumentError, OptionError, ShapeError } from './errors.ts'
export { allFinite, allSquaresFinite, firstBadRow } from './finite.ts'
export { isRecord } from './isRecord.ts'
export { isTensor } from './isTensor.ts'
export { canonical, fromJson, type Json, toJson } from './json.ts'
export { foldIn, type Key, key } from './key.ts'
export { classIndices, type Labels, labelsBelow, labelsOf, oneHot } from './labels.ts'
export { log } from './log.ts'
export { normalQuantile } from './normalQuantile.ts'
export { isNumberArray, type Numbers } from './numbers.ts'
export {
  abortSignal,
  anything,
  boolean,
  checkArgument,
  type Declaration,
  either,
  fraction,
  functionOf,
  type Given,
  isNull,
  listOf,
  naturalNumber,
  nearest,
  nonNegative,
  oneOf,
  orThrow,
  positive,
  positiveInteger,
  probability,
  type Requirement,
  type Resolved,
  required,
  requirement,
  resolveOptions,
  type StopSignal,
  text,
  unknownKey,
  withDefault,
} from './options.ts'
export { power } from './power.ts'
export { normal, permutation, randomIndices, uniform } from './random.ts'
export {
  type Bytes,
  bytes,
  checkRows,
  decode,
  gather,
  isBytes,
  type Rows,
  range,
  rowCount,
  selectRows,
  sliceRows,
} from './rows.ts'
export { shapes } from './shapes.ts'
export { shown } from './shown.ts'
export {
  cast,
  copyInto,
  type Dtype,
  dtypeOf,
  dtypes,
  empty,
  emptyLike,
  formatShape,
  full,
  isTransient,
  linspace,
  type Nested,
  ones,
  reshape,
  type Shape,
  sizeOf,
  snapshot,
  snapshotAll,
  type Tensor,
  type Tensors,
  tensor,
  zeros,
} from './tensor.ts'
