// AssemblyScript. The float32 kernels that signatures.ts lists: byte addresses and numbers of elements in, no memory of
// their own. Threads share the memory, so there are no data segments, no managed objects and no globals that change. An
// editor's TypeScript marks `@inline` on a function as an error; AssemblyScript's compiler knows it.

export * from './core'
export * from './images'
