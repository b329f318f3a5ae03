import { execFileSync, type StdioOptions } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const here = resolve(import.meta.dirname, '..')

const git = (...args: readonly string[]): Buffer =>
  execFileSync('git', args, { cwd: here, maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'pipe'] })

/** The full name of a commit; undefined when git knows none of that name. */
export const commitOf = (name: string): string | undefined => {
  try {
    return git('rev-parse', '--verify', '--end-of-options', `${name}^{commit}`).toString().trim()
  } catch {
    return undefined
  }
}

// What a build says is no part of the result.
const stdio: StdioOptions = ['ignore', process.stderr, process.stderr]

/** A commit, built in a temporary folder, which goes when the process ends; with these node_modules where its lock file is this one. */
export const build = (commit: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 }))
    process.on(signal, () => process.exit(code))
  execFileSync('tar', ['-x', '-C', folder], { input: git('archive', '--format=tar', commit) })
  const [lock, present] = [folder, here].map((root) => readFileSync(join(root, 'package-lock.json'), 'utf8'))
  if (lock === present) symlinkSync(join(here, 'node_modules'), join(folder, 'node_modules'))
  else execFileSync('npm', ['ci'], { cwd: folder, stdio })
  execFileSync('npm', ['run', 'build'], { cwd: folder, stdio })
  return folder
}
