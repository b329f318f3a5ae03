import type { ImageKernel } from './imageLoops.ts'
import type { Kernels } from './kernels.ts'

export type { ImageKernel } from './imageLoops.ts'

/** In a page they come with what calls them (imageKernels.page.ts). */
export const imageLoops = (): Pick<Kernels, ImageKernel> => ({}) as Pick<Kernels, ImageKernel>
