// AssemblyScript. The float32 kernels that signatures.ts lists: byte addresses and numbers of elements in, no memory of
// their own. Threads share the memory, so there are no data segments, no managed objects and no globals that change. An
// editor's TypeScript marks `@inline` on a function as an error; AssemblyScript's compiler knows it.

// Products.
export { matmul, scratchBytes } from './matmul'
// Exported only so that they stay functions: inlined into their one caller the tiles would spill, and never be
// optimised in mid-call.
export { tile4, tile8 } from './matmul-tile'

// Elementwise.
export { add, addScaled, allWithin, multiply, scale, sumSquares } from './elementwise'
export * from './activations'
export * from './dropout'

// Rows.
export * from './rows'
export * from './losses'
export { batchnormBackward, batchnormForward, batchnormPredict, layernormBackward, layernormForward } from './normalization'
export * from './batchnorm-gelu'
export { addChannelBias, groupnormBackward, groupnormForward } from './planes'

// Windows.
export {
  avgPoolBackward,
  avgPoolForward,
  col2im,
  im2col,
  maxPoolBackward,
  maxPoolForward,
} from './windows'

// Convolutions.
export { addPartials, columnsBackward, columnsForward } from './convolution'
export { winogradBackward, winogradFilters, winogradForward, winogradWeights } from './winograd'

// Update rules.
export * from './rules'

// Batches.
export * from './batches'

export { writeConstants } from './constants'
