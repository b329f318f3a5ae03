import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// The package as a user gets it: packed, installed in an empty project, run by plain node, checked by a strict tsc.
const root = join(import.meta.dirname, '..', '..')
const tasks = join(import.meta.dirname, 'tasks')
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

  describe('in the project that npm init -y makes, after the two lines of the README', () => {
    const pasted = join(project, 'pasted')
    const readme = readFileSync(join(root, 'README.md'), 'utf8')
    const codeOf = (page: string): readonly string[] =>
      [...readFileSync(join(root, page), 'utf8').matchAll(/^```(?:js|ts)\n([\s\S]*?)^```$/gm)].map(
        ([, code = '']) => code,
      )
    /** What a program of this text prints, run by tsx. */
    const printed = (code: string): string => {
      writeFileSync(join(pasted, 'program.ts'), code)
      return run('npx', ['tsx', 'program.ts'], pasted)
    }
    // The other examples of the README are parts of a program.
    const [first = '', search = ''] = codeOf('README.md').filter((code) =>
      /^import .*\bfullyConnectedNet\b/m.test(code),
    )

    beforeAll(() => {
      mkdirSync(pasted)
      run('npm', ['init', '-y'], pasted)
      const [, ...lines] =
        /`npm init -y` has made needs two lines for them:\n`npm (.+)` and `npm (.+)`\.$/m.exec(readme) ?? []
      expect(lines).toHaveLength(2)
      for (const line of lines)
        run('npm', [...line.split(' '), '--silent', '--no-audit', '--no-fund', '--prefer-offline'], pasted)
    }, 120_000)

    it('runs the first example of the README', () => expect(printed(first)).toMatch(/^1 (wasm|blas|js)/))

    it('runs its sweep', () => expect(printed(search)).toMatch(/learningRate/))

    it.each(readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md')))('runs docs/%s', (page) => {
      const code = codeOf(join('docs', page)).join('\n')
      expect(printed(code).split('\n').length).toBeGreaterThan(code.split('console.log(').length - 1)
    })
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

  describe('from strict TypeScript files without the types of node or the DOM', () => {
    beforeAll(() => {
      writeFileSync(join(project, 'console.d.ts'), 'declare const console: { log(...values: unknown[]): void }')
      cpSync(tasks, project, { recursive: true })
    })

    it('type-checks, and is compiled', () => {
      const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
      const options = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023', '--types', '']
      const files = ['strict.ts', 'console.d.ts', ...readdirSync(tasks)]
      expect(spawnSync('node', [tsc, ...options, ...files], { cwd: project, encoding: 'utf8' }).stdout).toBe('')
    })

    describe('with TypeScript 5.4, the oldest that is supported', () => {
      beforeAll(() => {
        run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefer-offline', 'old@npm:typescript@5.4'])
      }, 180_000)

      it.each([
        ['nodenext', 'nodenext'],
        ['esnext', 'bundler'],
        ['esnext', 'node'],
      ])('type-checks as --module %s with --moduleResolution %s', (module, resolution) => {
        const tsc = join(project, 'node_modules', 'old', 'bin', 'tsc')
        const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023']
        const modules = ['--module', module, '--moduleResolution', resolution]
        const files = ['strict.ts', 'console.d.ts']
        expect(
          spawnSync('node', [tsc, ...options, ...modules, ...files], { cwd: project, encoding: 'utf8' }).stdout,
        ).toBe('')
      })
    })

    it.each(readdirSync(tasks))('%s has at most 15 lines, and no cast', (file) => {
      const code = readFileSync(join(tasks, file), 'utf8')
      expect(code.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(15)
      expect(code).not.toMatch(/\bas (?!const\b)|\bany\b|ts-(ignore|expect-error)/)
    })

    /** What a compiled task prints. */
    const printed = (task: string): string => run('node', [`${task}.js`])
    /** The number behind a word in it. */
    const numberIn = (text: string, word: string): number =>
      Number(new RegExp(`${word}\\W+([\\d.e-]+)`).exec(text)?.[1])

    it('holds out a part of the data', () => {
      const text = printed('holdOut')
      expect(text).toMatch(/^200 rows held out/)
      expect(numberIn(text, 'accuracy')).toBeGreaterThan(0.6)
    })

    it('trains in a loop of its own', () => {
      expect(numberIn(printed('ownLoop'), 'accuracy')).toBeGreaterThan(0.6)
    })

    it('runs to the end with checkpoints and a log, and goes on from there', () => {
      const first = printed('runToEnd')
      expect(first).toMatch(/^finished from 0,/)
      expect(numberIn(first, 'accuracy')).toBeGreaterThan(0.6)
      expect(printed('runToEnd')).toBe(first.replace('from 0', 'from 6'))
      expect(readFileSync(join(project, 'run.jsonl'), 'utf8').match(/"tag":"Done"/g)).toHaveLength(2)
    })

    it('trains the nets of a sweep', () => {
      const text = printed('trainTrial')
      expect(text).toMatch(/^finished,/)
      expect(numberIn(text, 'accuracy')).toBeGreaterThan(0.6)
    })

    it('evaluates', () => {
      const text = printed('evaluate')
      expect(numberIn(text, 'loss')).toBeLessThan(1.5)
      expect(numberIn(text, 'accuracy')).toBeGreaterThan(0.6)
    })

    it('sweeps with a sampler of its own, which finds better parameters than random draws', () => {
      const pairs = printed('sweepWithIt')
        .trim()
        .split('\n')
        .map((line) => line.split(' ').map(Number))
      expect(pairs).toHaveLength(6)
      for (const [own, drawn] of pairs) expect(own).toBeLessThan(drawn as number)
    })
  })
})
