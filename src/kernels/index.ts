export { giveBack, moment, scoped, temporary } from './arena.ts'
export { type Backend, backend, backendNames, kernelsFor, useBackend } from './backend.ts'
export type { Convolution } from './convolution.ts'
export { relaxed } from './generatedRelaxed.ts'
export {
  allocate,
  heapBytesInUse,
  heapWith,
  isHeapShared,
  isOnHeap,
  type Kind,
  ordinary,
  overlap,
  release,
  type ViewOf,
  viewAt,
} from './heap.ts'
export { imageKernelsFor } from './imageKernels.ts'
export type { BackendName, Floats, Kernels } from './kernels.ts'
export { type Ledger, newLedger, type SharedHeap } from './ledger.ts'
export { philox4x32 } from './philox.ts'
export { pickRows } from './pickRows.ts'
export { giveRelaxed } from './relaxed.ts'
export { relaxedSupported } from './relaxedSupported.ts'
export { placesOf } from './windows.ts'
