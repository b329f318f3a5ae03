/** The convolutions that a module of kernels has from the beginning. */
export { convolutionsOn as ownConvolutions } from './sharedConvolution.ts'
