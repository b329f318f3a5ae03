import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compared, fragmentsIn, guides, type Program, programsIn, root, textOf } from '../pages.ts'
import { withPython } from '../python.ts'
import { startServer, withServer } from '../queue/server.ts'
import { npm, packed, run } from './packed.ts'

// Every program of README.md and docs/ as a reader pastes it, in the project that the first lines of the README make, with the packed package.

const project = mkdtempSync(join(tmpdir(), 'cachegrad-guides-'))
const folderOf = (page: string): string => join(project, basename(page, '.md'))
const programs = guides.map((page) => ({ page, programs: programsIn(textOf(page)) }))

/** Modules that a page's Python imports. */
const modulesOf = (all: readonly Program[]): readonly string[] => [
  ...new Set(
    all
      .filter(({ language }) => language === 'python')
      .flatMap(({ code }) => [...code.matchAll(/^(?:import|from) (\w+)/gm)].map(([, name = '']) => name)),
  ),
]

beforeAll(() => {
  const [install] = fragmentsIn(textOf('README.md')).filter(({ language }) => language === 'sh')
  const lines = install?.code.split(/\n|&&/).map((line) => line.trim()) ?? []
  const tarball = packed(project)
  for (const line of lines.filter((each) => each !== '')) {
    expect(line).toMatch(/^npm (init -y|pkg set|install) ?/)
    const args = line.split(' ').slice(1)
    npm(
      args.map((word) => (word === 'cachegrad' ? tarball : word)),
      project,
    )
  }
  npm(['install', 'echarts', 'bullmq', 'ioredis'], project)
  for (const { page, programs: all } of programs) {
    mkdirSync(folderOf(page))
    for (const { file, code } of all) writeFileSync(join(folderOf(page), file), code)
  }
}, 600_000)

afterAll(() => rmSync(project, { recursive: true, force: true }), 60_000)

const printed = ({ file }: Program, page: string): string => run('npx', ['tsx', file], folderOf(page))

const check = (program: Program, output: string): void => {
  const [got, expected] = compared(program, output)
  expect(got).toBe(expected)
}

/** A script that is a controller, and a worker when it is asked. */
const isQueue = ({ code }: Program): boolean => code.includes('CACHEGRAD_QUEUE')

/** The server's flags, and the address that workers are given, as the page says them. */
const serverOf = (page: string): { readonly flags: readonly string[]; readonly url: string } => {
  const [, flags = ''] = /^ *redis-server (.+)$/m.exec(textOf(page)) ?? []
  const [, url = ''] = /^ *export CACHEGRAD_QUEUE='(.+)'$/m.exec(textOf(page)) ?? []
  expect([flags, url]).not.toContain('')
  return { flags: [...flags.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? ''), url }
}

const runQueue = async (program: Program, page: string): Promise<void> => {
  const { flags, url } = serverOf(page)
  const server = await startServer(...flags)
  try {
    const env = { ...process.env, CACHEGRAD_QUEUE: url.replace('redis-host:6379', `127.0.0.1:${server.port}`) }
    const start = (...args: string[]) =>
      promisify(execFile)('npx', ['tsx', program.file, ...args], { cwd: folderOf(page), env })
    const [worker, controller] = await Promise.all([start('--worker'), start()])
    check(program, worker.stdout + controller.stdout)
  } finally {
    await server.stop()
  }
}

describe.each(programs)('$page', { timeout: 600_000 }, ({ page, programs: all }) => {
  const modules = modulesOf(all)
  const python = modules.length === 0 ? undefined : withPython(...modules)
  for (const program of all) {
    const title = `${program.file} runs, and prints what its comments say`
    if (isQueue(program)) withServer.test(title, () => runQueue(program, page), 600_000)
    else if (program.file === 'page.ts' || python === undefined)
      test(title, () => check(program, printed(program, page)))
    // The others of a page with Python read what it writes, and write what it reads.
    else if (program.language === 'ts') python.test(title, () => check(program, printed(program, page)), 600_000)
    else {
      python.test(title, () => {
        const { status, stdout, stderr } = python.run([program.file], { cwd: folderOf(page) })
        expect([status, stderr]).toEqual([0, ''])
        check(program, stdout)
      })
    }
  }
})

test('all of it is TypeScript, as strict as it can be', { timeout: 120_000 }, () => {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')]
  const options = ['--noEmit', '--strict', '--noUncheckedIndexedAccess', '--module', 'nodenext', '--target', 'es2023']
  const files = programs.flatMap(({ page, programs: all }) =>
    all.filter(({ language }) => language === 'ts').map(({ file }) => join(folderOf(page), file)),
  )
  const { stdout } = spawnSync('node', [tsc, ...options, ...types, ...files], { cwd: project, encoding: 'utf8' })
  expect(stdout).toBe('')
})
