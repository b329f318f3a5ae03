import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { npm, packed, run } from './packed.ts'

// examples/ as a user finds it in the package: each file is copied into a project that has the package, checked and run.
const root = join(import.meta.dirname, '..', '..')
const files = readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.ts'))

/** What each of them prints. */
const prints: Readonly<Record<string, RegExp>> = {
  'backprop.ts': /largest error of dw below 1e-8\ndb counts the rows: 4 4 4\n/,
  'checkpoints.ts': /^the same bits: true\n$/,
  'convnet.ts': /9,098 parameters[\s\S]*accuracy: 0\.[89]/,
  'digits.ts': /epoch 5: loss 0\.\d+, validation 0\.[89]\d*\ntest accuracy 0\.[89]/,
  'own-layer.ts': /^gradient right\n/,
  'own-loop.ts': /^learned/,
  'report.ts': /^open run\.html/,
  'save-and-load.ts': /^seen (. . . . .) true \1\n$/,
  'sweep.ts': /^8 trials; best 0\.[789]/,
  'xor.ts': /\nclasses 0 1 1 0\n$/,
}

const project = mkdtempSync(join(tmpdir(), 'cachegrad-examples-'))
let tarball = ''

beforeAll(() => {
  tarball = packed(project)
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }')
  npm(['install', tarball, 'tsx', 'echarts', '@types/node@20'], project)
  cpSync(join(project, 'node_modules', 'cachegrad', 'examples'), project, { recursive: true })
}, 300_000)

afterAll(() => rmSync(project, { recursive: true, force: true }))

describe('examples', { timeout: 180_000 }, () => {
  it('are ten, each with a row in the table of this test', () => {
    expect(files).toHaveLength(10)
    expect(files).toEqual(Object.keys(prints))
  })

  it.each(files)('%s has 15 to 30 lines, says in the first one what it shows, and imports the package', (file) => {
    const code = readFileSync(join(root, 'examples', file), 'utf8')
    expect(code.trimEnd().split('\n').length).toBeGreaterThanOrEqual(15)
    expect(code.trimEnd().split('\n').length).toBeLessThanOrEqual(30)
    expect(code).toMatch(/^\/\/ [A-Z]/)
    for (const [, from = ''] of code.matchAll(/from '([^']+)'/g)) expect(from).toMatch(/^cachegrad(\/\w+)?$|^node:/)
    expect(code.replace(/\/\/.*/g, '')).not.toMatch(/\bas (?!const\b)|\bany\b|ts-(ignore|expect-error)/)
  })

  it('are type-checked strictly', () => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const options = ['--noEmit', '--strict', '--noUncheckedIndexedAccess', '--module', 'nodenext', '--target', 'es2022']
    const result = spawnSync(
      'node',
      [tsc, ...options, '--lib', 'es2023', '--types', 'node', '--skipLibCheck', ...files],
      {
        cwd: project,
        encoding: 'utf8',
      },
    )
    expect(result.stdout).toBe('')
  })

  it.each(files)('%s runs as pasted', (file) => {
    expect(run('npx', ['tsx', file], project)).toMatch(prints[file] as RegExp)
  })

  it('the page and the log of report.ts are there', () => {
    expect(readFileSync(join(project, 'run.html'), 'utf8')).toContain('Digits')
    expect(readFileSync(join(project, 'run.jsonl'), 'utf8')).toContain('"tag":"Done"')
  })
})

describe('the packed package', { timeout: 300_000 }, () => {
  const tools = join(import.meta.dirname, 'tools')
  const tool = (name: string, args: readonly string[]) =>
    spawnSync(join(tools, 'node_modules', '.bin', name), args, {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    })

  beforeAll(() => {
    npm(['ci'], tools)
  }, 300_000)

  it('has nothing that publint would mend', () => {
    const { stdout, status } = tool('publint', [tarball, '--strict'])
    expect(stdout).toContain('All good!')
    expect(status).toBe(0)
  })

  it('has types that fit, and is ESM only', () => {
    const { stdout, status } = tool('attw', [tarball, '--profile', 'esm-only', '--format', 'ascii'])
    // Whoever requires it gets a module that only `import` takes: that, and nothing else, is told.
    expect(stdout.match(/⚠️ .*/g)?.filter((line) => !/ESM/.test(line))).toEqual([])
    expect(stdout.match(/^node16 \(from ESM\): 🟢/gm)).toHaveLength(9)
    expect(stdout.match(/^bundler: 🟢/gm)).toHaveLength(9)
    expect(stdout).not.toMatch(/[❌🚭💀❗]/u)
    expect(status).toBe(0)
  })

  it('has maps whose sources are in it', () => {
    const folder = join(project, 'node_modules', 'cachegrad')
    const maps = readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.map$/.test(file),
    )
    expect(maps.filter((file) => file.endsWith('.d.ts.map')).length).toBeGreaterThan(300)
    const lost = maps.flatMap((file) => {
      const path = join(folder, 'dist', file)
      const { sources } = JSON.parse(readFileSync(path, 'utf8')) as { readonly sources: readonly string[] }
      return sources
        .filter((source) => !existsSync(resolve(dirname(path), source)))
        .map((source) => `${file}: ${source}`)
    })
    expect(lost).toEqual([])
  })
})
