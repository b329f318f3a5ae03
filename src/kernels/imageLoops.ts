import { convolutionKernels } from './convolution.ts'
import type { Kernels } from './kernels.ts'
import { type WindowKernel, windowKernels } from './windows.ts'

/** Kernels that only images have, of which each is a plain loop or made of some. */
export type ImageKernel = WindowKernel | 'convolve' | 'convolutionGradients'

export const imageLoops = (loops: Pick<Kernels, 'matmul' | 'addChannelBias' | 'add'>): Pick<Kernels, ImageKernel> => ({
  ...windowKernels,
  ...convolutionKernels({ ...loops, ...windowKernels }),
})
