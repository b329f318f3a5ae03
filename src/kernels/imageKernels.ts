import { kernelsFor } from './backend.ts'

/** `kernelsFor` of what works on images: convolutions, pools, groupnorm. It has a name of its own since a page loads a module for it. */
export const imageKernelsFor: typeof kernelsFor = kernelsFor
