// AssemblyScript. All kernels but those of images: what every page loads.

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

// Update rules.
export * from './rules'

// Batches.
export * from './batches'

export { writeConstants } from './constants'
