import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { rolldown } from 'rolldown'
import { serve, startBrowser } from '../test/package/browser.ts'
import { browser as program } from '../test/report/chromium.ts'
import type { Contestant } from './contestants.ts'
import { measure } from './measure.ts'
import type { start } from './peer.ts'
import { microseconds, ratios, takingPart } from './tables.ts'
import type { Workload } from './workloads.ts'

/** A training step in a web page that is not isolated, here and by TensorFlow.js and jax-js. Prints Markdown: npx tsx bench/page.ts */

const [rounds, secondsPerTurn] = [11, 0.4]
const peers = join(import.meta.dirname, 'peers')
const root = dirname(import.meta.dirname)

const workload: Workload = {
  ...{ name: '784-100-10', inputDim: 784, hiddenDims: [100], numClasses: 10, batchSize: 100 },
  ...{ rule: 'adam', learningRate: 1e-3, batchnorm: false, keepProb: 1, rows: 5000, evaluate: false },
}

const contestant = (group: string, file: string): Contestant => ({
  ...{ group, command: [file], env: {}, fits: () => true },
})
const contestants = [
  contestant('cachegrad', 'cachegrad.mjs'),
  contestant('TensorFlow.js wasm', 'tfjs.mjs'),
  contestant('jax-js wasm', 'jax.mjs'),
]

const pageBuild = join(root, JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports['.'].browser)

/** Where a page has something else: `x.page.mjs` takes the place of `x.mjs`, and the package is its build for pages. */
const twins = {
  name: 'twins',
  resolveId: (id: string, from?: string) => {
    if (id === 'cachegrad') return pageBuild
    const twin = join(peers, id.replace(/\.mjs$/, '.page.mjs'))
    return from !== undefined && dirname(from) === peers && existsSync(twin) ? twin : undefined
  },
}

/** A peer's program as a page loads it. */
const bundle = async (file: string): Promise<string> => {
  const define = { 'process.env.BENCH_THREADS': 'undefined' }
  const built = await rolldown({
    ...{ input: join(peers, file), platform: 'browser', plugins: [twins], transform: { define }, logLevel: 'silent' },
  })
  const { output } = await built.generate({ format: 'esm', minify: true, codeSplitting: false })
  await built.close()
  return output[0].code
}

/** What the server has: an empty page, the programs, and TensorFlow.js's binaries. */
const content = (programs: ReadonlyMap<string, string>) => (path: string) => {
  if (path === '/page.html') return '<!doctype html><meta charset="utf-8">'
  if (!path.endsWith('.wasm')) return programs.get(path)
  const backend = createRequire(join(peers, 'x')).resolve('@tensorflow/tfjs-backend-wasm')
  return readFileSync(join(dirname(backend), basename(path)))
}

const versionOf = (name: string): string | undefined => {
  const path = join(import.meta.dirname, 'node_modules', name, 'package.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).version : undefined
}
const before = `globalThis.workload = ${JSON.stringify(workload)}
globalThis.versions = ${JSON.stringify({ '@jax-js/jax': versionOf('@jax-js/jax') })}`

if (!existsSync(pageBuild)) throw new Error('bench/page.ts measures the built package: npm run build')
if (program === undefined) throw new Error('bench/page.ts needs chromium or google-chrome on the PATH')
const folder = mkdtempSync(join(tmpdir(), 'cachegrad-page-'))
const programs = new Map<string, string>()
const { url, server } = await serve(content(programs))
const chromium = await startBrowser(program, folder)

/** The first line of what was thrown, which a page's evaluation tells as JSON. */
const reasonOf = ({ message }: Error): string => {
  const [, description] = /"description":("(?:[^"\\]|\\.)*")/.exec(message) ?? []
  const text: string = description === undefined ? message : JSON.parse(description)
  return text.split('\n')[0] as string
}

const startInPage: typeof start = async (contestant) => {
  const [file] = contestant.command as [string]
  const path = `/${basename(file, '.mjs')}.js`
  try {
    programs.set(path, await bundle(file))
    const page = await chromium.open(`${url}/page.html`, before)
    const description = await page.evaluate<string>(`import('${path}').then(() => peer.description)`)
    const run = async (steps: number): Promise<number> => {
      // A page that is behind another one may be given less of the machine.
      await page.send('Page.bringToFront')
      return page.evaluate<number>(`peer.run(${steps})`)
    }
    return { contestant, description, run, close: () => void page.send('Page.close') }
  } catch (error) {
    return { contestant, reason: reasonOf(error as Error) }
  }
}

const say = (line: string): void => void process.stderr.write(`${line}\n`)

try {
  const measurements = [await measure(workload, contestants, rounds, secondsPerTurn, say, startInPage)]
  const heading =
    `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ` +
    `${execFileSync(program, ['--version']).toString().trim()}; ${rounds} interleaved rounds of ${secondsPerTurn} s, medians`
  const parts = [heading, ratios(measurements, 'cachegrad'), microseconds(measurements), takingPart(measurements)]
  process.stdout.write(`\n${parts.join('\n\n')}\n`)
} finally {
  await chromium.close()
  server.close()
  rmSync(folder, { recursive: true, force: true })
}
