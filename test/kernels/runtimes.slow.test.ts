import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { compiledLibrary } from './compiled.ts'

// Bun and Deno run the compiled library. npm brings both; they are no dependency, since nothing else needs their 200 MB.

const tools = mkdtempSync(join(tmpdir(), 'cachegrad-runtimes-'))

const install = (): string | undefined => {
  try {
    const args = [
      'install',
      '--silent',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      '--prefix',
      tools,
      'bun@1',
      'deno@2',
    ]
    execFileSync('npm', args, { stdio: 'pipe', timeout: 120_000 })
    for (const name of ['bun', 'deno'])
      execFileSync(join(tools, 'node_modules/.bin', name), ['--version'], { stdio: 'pipe' })
    return undefined
  } catch {
    return 'npm cannot install bun and deno'
  }
}

const absent = install()

// The first step of a net whose first product is large enough for the threads, and how often another thread took a part.
const program = `
const { bytes, fullyConnectedNet, orThrow, train } = await import('./dist/index.js')
const model = orThrow(fullyConnectedNet({ inputDim: 3072, hiddenDims: [512], numClasses: 10 }))
const data = { xTrain: bytes([256, 3072], new Uint8Array(256 * 3072).fill(7)), yTrain: new Int32Array(256) }
const events = orThrow(train(model, data, { batchSize: 128, numIterations: 1e9, seed: 1 }))
const begin = performance.now()
events.next()
const first = performance.now() - begin

const { strict } = await import('./dist/kernels/generated.js')
const { unpacked } = await import('./dist/kernels/unpacked.js')
const { allocate, openHeap } = await import('./dist/kernels/heap.js')
const { openPool } = await import('./dist/kernels/pool.js')
const { importsOf } = await import('./dist/kernels/wasm.js')
const module = new WebAssembly.Module(unpacked(strict))
const { memory } = openHeap().right
const { add } = new WebAssembly.Instance(module, importsOf(memory)).exports
const y = allocate('float32', 8).fill(0)
const seen = new Int32Array(y.buffer, y.byteOffset, 8)
let here = 0
const addHere = (...numbers) => {
  here++
  for (const end = Date.now() + 200; Atomics.load(seen, 7) === 0 && Date.now() < end; );
  return add(...numbers)
}
const pool = openPool(2, { memory, module, names: ['add'] }, [addHere])
const x = allocate('float32', 8).fill(1.5)
for (let calls = 0; calls < 50 && here !== 1; calls++) {
  y.fill(0)
  here = 0
  pool.share(0, 8, 4, 4, (from, count) => [x.byteOffset + 4 * from, x.byteOffset + 4 * from, y.byteOffset + 4 * from, count])
}
console.log(JSON.stringify({ first, here, sum: y[0] + y[7] }))
process.exit(0)
`

const runtimes: readonly (readonly [what: string, command: readonly string[]])[] = [
  ['Bun', ['bun']],
  ['Deno with all permissions', ['deno', 'run', '--no-prompt', '-A']],
  ['Deno with none but to read', ['deno', 'run', '--no-prompt', '--allow-read']],
]

describe.skipIf(absent !== undefined)(
  absent === undefined ? 'in other runtimes' : `in other runtimes (left out: ${absent})`,
  { timeout: 120_000 },
  () => {
    const folder = absent === undefined ? compiledLibrary() : ''
    if (absent === undefined) writeFileSync(join(folder, 'program.mjs'), program)
    afterAll(() => {
      if (absent === undefined) rmSync(folder, { recursive: true, force: true })
    })

    const run = ([name = '', ...args]: readonly string[], file: string): string =>
      execFileSync(join(tools, 'node_modules/.bin', name), [...args, file], {
        cwd: folder,
        env: { ...process.env, CACHEGRAD_BACKEND: '', CACHEGRAD_THREADS: '2' },
        encoding: 'utf8',
      })

    test.each(runtimes)('%s: XOR is learned', (_, command) => {
      expect(JSON.parse(run(command, 'xor.mjs'))).toMatchObject({ accuracy: 1 })
    })

    // What waits for a thread that does not come waits for seconds; a loaded machine may take longer once.
    test.each(runtimes)('%s: a step does not wait for threads, and they come', { retry: 2 }, (_, command) => {
      const { first, here, sum } = JSON.parse(run(command, 'program.mjs'))
      expect(first).toBeLessThan(500)
      expect([here, sum]).toEqual([1, 6])
    })
  },
)

afterAll(() => rmSync(tools, { recursive: true, force: true }))
