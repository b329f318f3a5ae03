import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

// The package chooses its backend itself, also where the tests are run with one forced.
const env = { ...process.env, CACHEGRAD_BACKEND: '' }

/** What a command prints. */
export const run = (command: string, args: readonly string[], cwd: string): string =>
  execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

const QUIET = ['--silent', '--no-audit', '--no-fund', '--prefer-offline']

/** `npm …` without what it says of itself. */
export const npm = (args: readonly string[], cwd: string): string => run('npm', [...args, ...QUIET], cwd)

/** The tarball that `npm pack` makes, in this folder. */
export const packed = (folder: string): string => {
  // Without scripts: the wasm that other tests import meanwhile must not be written anew.
  npm(['run', 'build:dist'], root)
  npm(['pack', '--ignore-scripts', '--pack-destination', folder], root)
  return join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) as string)
}
