import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { npm, packed, run as runIn } from './packed.ts'

// The package as a user gets it: packed, installed in an empty project, run by plain node, checked by a strict tsc.
const root = join(import.meta.dirname, '..', '..')
const tasks = join(import.meta.dirname, 'tasks')
const project = mkdtempSync(join(tmpdir(), 'cachegrad-package-'))
const run = (command: string, args: readonly string[]): string => runIn(command, args, project)

describe('the packed package', { timeout: 180_000 }, () => {
  beforeAll(() => {
    const tarball = packed(project)
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }')
    npm(['install', tarball], project)
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
    npm(['install', '--ignore-scripts', 'bullmq@6', 'ioredis@6'], project)
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
        npm(['install', 'old@npm:typescript@5.4'], project)
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

    it('predicts numbers, and takes them raw from a file', () => {
      const text = printed('regression')
      // Of who knows the line: 1 − 0.7²/(3² + 0.7²) = 0.948.
      expect(numberIn(text, 'r2')).toBeGreaterThan(0.9)
      expect(Math.abs(numberIn(text, 'first') - numberIn(text, 'truth'))).toBeLessThan(2.5)
    })

    it('says yes or no', () => {
      const text = printed('binary')
      expect(numberIn(text, 'accuracy')).toBeGreaterThan(0.9)
      expect(numberIn(text, 'AUC')).toBeGreaterThan(0.97)
    })

    it('gives examples any number of labels', () => {
      const text = printed('multiLabel')
      expect(numberIn(text, 'F1')).toBeGreaterThan(0.9)
      expect(numberIn(text, 'right')).toBeGreaterThan(0.8)
    })

    it('takes labels in words', () => {
      const text = printed('textLabels')
      expect(text).toMatch(/^ape,cat,dog: .* the first a (ape|cat|dog)$/m)
      expect(numberIn(text, 'accuracy')).toBeGreaterThan(0.9)
    })

    it('goes from a CSV file to R² on held-out rows, and from a folder of pictures to an accuracy', () => {
      const fixtures = join(root, 'test', 'data', 'fixtures')
      copyFileSync(join(fixtures, 'houses.csv'), join(project, 'houses.csv'))
      cpSync(join(fixtures, 'pets'), join(project, 'pets'), { recursive: true })
      const rows = printed('csv')
      expect(rows).toMatch(/ of 24 rows\n$/)
      expect(numberIn(rows, 'R²')).toBeGreaterThan(0.85)
      const pictures = printed('images')
      expect(pictures).toMatch(/ of 4 pictures\n$/)
      expect(numberIn(pictures, 'accuracy')).toBeGreaterThan(0.7)
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
