import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// The package as a user gets it: packed, installed in an empty project, run by plain node, checked by a strict tsc.
const root = join(import.meta.dirname, '..', '..')
const project = mkdtempSync(join(tmpdir(), 'cachegrad-package-'))
// The package chooses its backend itself, also where the tests are run with one forced.
const env = { ...process.env, CACHEGRAD_BACKEND: '' }
const run = (command: string, args: readonly string[], cwd = project): string =>
  execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

describe('the packed package', { timeout: 180_000 }, () => {
  beforeAll(() => {
    // Without scripts: the wasm that other tests import meanwhile must not be written anew.
    run('npm', ['run', '--silent', 'build:dist'], root)
    run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', project], root)
    const tarball = readdirSync(project).find((name) => name.endsWith('.tgz')) as string
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }')
    run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefer-offline', tarball])
    for (const file of ['xor.mjs', 'sweep.mjs', 'queue.mjs', 'strict.ts'])
      copyFileSync(join(import.meta.dirname, file), join(project, file))
  }, 180_000)

  afterAll(() => rmSync(project, { recursive: true, force: true }))

  it('trains a net on XOR in plain node', () => {
    expect(run('node', ['xor.mjs'])).toMatch(/^accuracy 1 with (wasm|blas|js)/)
  })

  it('runs a sweep in worker threads, which share its data', () => {
    expect(run('node', ['sweep.mjs'])).toMatch(/^finished: 6 trials, all on the heap, best accuracy 1\n$/)
    expect(run('node', ['sweep.mjs'])).toMatch(/^finished: 0 trials/)
  })

  it('needs BullMQ for a queue, and says so', () => {
    expect(run('node', ['queue.mjs'])).toBe(
      'onQueue: a queue needs two more packages; run npm install bullmq ioredis\n',
    )
    run('npm', [
      'install',
      '--silent',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      '--ignore-scripts',
      'bullmq@6',
      'ioredis@6',
    ])
    expect(run('node', ['queue.mjs'])).toBe(
      'onQueue: Redis at redis://***@127.0.0.1:1 cannot be used: nobody listens there (ECONNREFUSED)\n',
    )
  })

  it('needs no koffi', () => {
    rmSync(join(project, 'node_modules', 'koffi'), { recursive: true, force: true })
    expect(run('node', ['xor.mjs'])).toMatch(/^accuracy 1 with (wasm|js)/)
  })

  it('type-checks from a strict TypeScript file without the types of node or the DOM', () => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const options = [
      '--strict',
      '--noEmit',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--lib',
      'es2023',
      '--types',
      '',
    ]
    writeFileSync(join(project, 'console.d.ts'), 'declare const console: { log(...values: unknown[]): void }')
    expect(run('node', [tsc, ...options, 'strict.ts', 'console.d.ts'])).toBe('')
  })
})
