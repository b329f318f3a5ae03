export { argmaxRows } from './argmax.ts'
export { checkNamed, checkTensor, checkTensors } from './checkTensor.ts'
export {
  areColumns,
  areRecords,
  type CategoryColumn,
  type Column,
  encodeRecords,
  featureNames,
  type NumberColumn,
  type Records,
  unknownValue,
  widthOf,
} from './columns.ts'
export { type EncodedLabels, encodeLabels } from './encodeLabels.ts'
export { allFinite, allSquaresFinite, firstBadRow } from './finite.ts'
export { type BytesInput, type Input, inputArrays, inputOf, type NumbersInput, preprocessed } from './input.ts'
export { isTensor } from './isTensor.ts'
export { binaryLabels, classIndices, type Labels, labelsBelow, labelsOf, oneHot } from './labels.ts'
export { log } from './log.ts'
export { isNumberArray, type Numbers } from './numbers.ts'
export { power } from './power.ts'
export {
  type Bytes,
  bytes,
  checkIndices,
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
export { type Standardized, standardize } from './standardize.ts'
export { type Targets, targetRows, targetsOf } from './targets.ts'
export {
  cast,
  checkDtype,
  checkShape,
  copyInto,
  type Dtype,
  dtypeOf,
  dtypes,
  empty,
  emptyLike,
  formatShape,
  full,
  isShape,
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
