import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { where } from './where.ts'

// A virtual environment's python3 and the system's have different modules.
const interpreters = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'python3'))

/** Tests with the first python3 on the PATH that can import these modules, and a run of it. */
export const withPython = (...modules: readonly string[]) => {
  const imports = modules.map((name) => `import ${name}\n`).join('')
  const python = interpreters.find((path) => spawnSync(path, ['-c', imports]).status === 0)
  return {
    ...where(python !== undefined, `needs python3 with ${modules.join(', ')}`),
    run: (args: readonly string[], options: { readonly cwd?: string; readonly input?: string } = {}) =>
      spawnSync(python as string, args, { ...options, encoding: 'utf8', maxBuffer: 1 << 26 }),
  }
}
