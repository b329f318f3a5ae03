/** What is around: variables and node's own modules. Both are absent in a browser, and both may be refused. */

type Builtins = {
  readonly 'node:module': typeof import('node:module')
  readonly 'node:os': typeof import('node:os')
  readonly 'node:worker_threads': typeof import('node:worker_threads')
}

/** What `read` gives, or undefined where it throws: Deno refuses what it was not allowed, and a page's `process` may be anything. */
const attempt = <A>(read: () => A): A | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** A variable of the environment; undefined where it is empty, and where the environment may not be read. */
export const variable = (name: string): string | undefined => attempt(() => process.env[name]) || undefined

/** One of node's modules, where there are some. */
export const builtin = <N extends keyof Builtins>(name: N): Builtins[N] | undefined =>
  attempt(() => process.getBuiltinModule(name) as Builtins[N])

/** The operating system's name as node has it. */
export const platform = (): string | undefined => attempt(() => process.platform)
