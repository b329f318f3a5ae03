// AssemblyScript. The float32 kernels that src/kernels/wasm.ts calls: byte addresses and numbers of elements in, no
// memory of their own. Threads share the memory, so there are no data segments, no managed objects and no globals that
// change. An editor's TypeScript marks `@inline` on a function as an error; AssemblyScript's compiler knows it.

export {
  geluBackward,
  geluForward,
  leakyReluBackward,
  leakyReluForward,
  reluBackward,
  reluForward,
  sigmoidBackward,
  sigmoidForward,
  tanhBackward,
  tanhForward,
} from './activations'
export { columnSums } from './columns'
export { writeConstants } from './constants'
export { add, addBias, addBiasRelu, addScaled, allFinite, multiply, scale, sumSquares } from './elementwise'
export { gatherBytes, gatherFloats, gatherImages } from './gather'
export { softmax, softmaxLoss, svmLoss } from './losses'
export { matmul, scratchBytes } from './matmul'
// Exported only so that they stay functions: inlined into their one caller the tiles would spill, and never be
// optimised in mid-call.
export { tile4, tile8 } from './matmul-tile'
export {
  batchnormBackward,
  batchnormForward,
  batchnormPredict,
  layernormBackward,
  layernormForward,
} from './normalization'
export { dropoutMask } from './philox'
export { adagrad, adam, nesterov, rmsprop, sgd, sgdMomentum } from './rules'
