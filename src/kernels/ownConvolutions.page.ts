import { jsKernels } from './js.ts'
import type * as node from './ownConvolutions.ts'

const { convolve, convolutionGradients } = jsKernels

/** In a page the fast ones come with what calls them (imageKernels.page.ts). */
export const ownConvolutions: typeof node.ownConvolutions = () => ({ convolve, convolutionGradients })
