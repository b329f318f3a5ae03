// AssemblyScript. A module of these kernels for pages, which load it where they have images.

export * from './images'
// As in core.ts.
export { tile4, tile8 } from './matmul-tile'
