// AssemblyScript. Kernels that only images have.

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

// Planes.
export { addChannelBias, groupnormBackward, groupnormForward } from './planes'
