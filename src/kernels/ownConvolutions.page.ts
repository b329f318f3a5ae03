import type * as node from './ownConvolutions.ts'

/** In a page they come with what calls them (imageKernels.page.ts). */
export const ownConvolutions: typeof node.ownConvolutions = () => ({}) as ReturnType<typeof node.ownConvolutions>
