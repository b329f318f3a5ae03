import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Backend } from '../../src/kernels/index.ts'
import { compiledLibrary } from './compiled.ts'

// What an engine, a page or a system may refuse. Nothing of it makes an import fail; a net learns XOR all the same, and `backend()` says
// what is missing. tsx needs WebAssembly itself, so these programs run the compiled library.

interface Row {
  readonly what: string
  /** Runs before the import. */
  readonly before?: string
  /** Kilobytes of virtual memory that a process may have. */
  readonly limit?: number
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly name: RegExp
  readonly note?: RegExp
}

const FAST = /^(wasm|wasm-strict|blas)$/
const ONE_THREAD = 'so one thread and a heap of 1024 MB$'

const rows: readonly Row[] = [
  { what: 'nothing', name: FAST },
  {
    what: '8 GB of virtual memory',
    limit: 8_000_000,
    name: /^js$/,
    note: /^no wasm: .*could not allocate memory; where virtual memory is limited, node --disable-wasm-trap-handler needs/,
  },
  { what: 'the remedy for that', limit: 8_000_000, flags: ['--disable-wasm-trap-handler'], name: FAST },
  { what: 'js asked for in 8 GB', limit: 8_000_000, env: { CACHEGRAD_BACKEND: 'js' }, name: /^js$/ },
  {
    what: 'no WebAssembly',
    before: 'delete globalThis.WebAssembly',
    name: /^js$/,
    note: /^no wasm: this engine has no WebAssembly/,
  },
  {
    what: 'no Atomics',
    before: 'delete globalThis.Atomics',
    name: FAST,
    note: RegExp(`no shared memory \\(this engine has no Atomics\\), ${ONE_THREAD}`),
  },
  {
    what: 'a page without shared memory',
    before: `
      const { Memory } = WebAssembly
      WebAssembly.Memory = function (descriptor) {
        if (descriptor.shared) throw new TypeError('shared memory is disabled')
        return new Memory(descriptor)
      }
      delete globalThis.SharedArrayBuffer`,
    name: FAST,
    note: RegExp(`no shared memory \\(shared memory is disabled\\), ${ONE_THREAD}`),
  },
  {
    what: 'an engine that ignores the flag `shared`',
    before: `
      const { Memory } = WebAssembly
      WebAssembly.Memory = function ({ initial, maximum }) { return new Memory({ initial, maximum }) }`,
    name: FAST,
    note: RegExp(`no shared memory \\(this engine ignores the flag \`shared\`\\), ${ONE_THREAD}`),
  },
  {
    what: 'a policy that refuses to compile',
    before: `WebAssembly.Module = function () { throw new WebAssembly.CompileError('refused by the policy') }`,
    name: /^js$/,
    note: /^no wasm: refused by the policy$/,
  },
  {
    what: 'an engine whose memories are used up, as by many copies of the library in one page',
    before: `
      globalThis.kept = []
      try { for (;;) kept.push(new WebAssembly.Memory({ initial: 2, maximum: 65536, shared: true })) } catch {}`,
    name: /^js$/,
    note: /^no wasm: .*could not allocate memory/,
  },
  { what: 'a page with a process of its own', before: 'globalThis.process = {}', name: FAST, note: /koffi/ },
  {
    what: 'an environment that may not be read',
    // Only ours: node itself reads others.
    before: `
      process.env = new Proxy(process.env, {
        get(variables, name) {
          if (String(name).startsWith('CACHEGRAD')) throw new Error('Requires env access to ' + name)
          return variables[name]
        },
      })`,
    name: FAST,
  },
]

let folder: string
beforeAll(() => {
  folder = compiledLibrary()
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = ({ before = '', limit, flags = [], env = {} }: Omit<Row, 'what' | 'name'>, program: string): string => {
  writeFileSync(join(folder, 'program.mjs'), `${before}\n${program}`)
  const command = [process.execPath, ...flags, 'program.mjs']
  const limited = limit === undefined ? command : ['sh', '-c', `ulimit -v ${limit} && exec "$@"`, 'sh', ...command]
  // The library chooses, also where the tests are run with a backend forced.
  const options = { cwd: folder, env: { ...process.env, CACHEGRAD_BACKEND: '', ...env }, encoding: 'utf8' } as const
  const { stdout, stderr } = spawnSync(limited[0] as string, limited.slice(1), options)
  return stdout || stderr
}

describe.skipIf(process.platform !== 'linux')('with what is refused', { timeout: 60_000 }, () => {
  test.each(rows)('$what, XOR is learned', ({ name, note, ...row }) => {
    const said = JSON.parse(run(row, "await import('./xor.mjs')")) as Backend & { accuracy: number }
    expect(said.accuracy).toBe(1)
    expect(said.name).toMatch(name)
    if (note === undefined) expect(said.note ?? '').not.toMatch(/no wasm|no shared/)
    else expect(said.note).toMatch(note)
  })

  test('a sweep in worker threads shares its data all the same, without a heap', () => {
    const sweep = readFileSync(join(import.meta.dirname, '../package/sweep.mjs'), 'utf8')
      .replace("'cachegrad/sweep'", "'./dist/sweep/index.js'")
      .replace("'cachegrad'", "'./dist/index.js'")
    expect(run({ limit: 8_000_000 }, sweep)).toMatch(/^finished: 6 trials, all on the heap, best accuracy 1\n$/)
  })

  test('formats alone are imported in 8 GB', () => {
    const program = "const { encodeNpy } = await import('./dist/formats/index.js'); console.log(typeof encodeNpy)"
    expect(run({ limit: 8_000_000 }, program)).toBe('function\n')
  })
})
