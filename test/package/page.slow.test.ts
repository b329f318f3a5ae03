import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { programsIn, textOf } from '../pages.ts'
import { inBrowser, browser as program } from '../report/chromium.ts'
import { type Browser, type Page, serve, startBrowser } from './browser.ts'
import { bundlers, minifying, viteServer } from './bundle.ts'
import { npm, packed } from './packed.ts'

// The packed package in web pages: each bundler takes each entry, and what a page computes is what Node computes.

const root = join(import.meta.dirname, '..', '..')
const project = mkdtempSync(join(tmpdir(), 'cachegrad-page-'))

beforeAll(() => {
  npm(['ci'], join(import.meta.dirname, 'bundlers'))
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }')
  npm(['install', packed(project)], project)
  // The library of charts and what it imports, which a user would install.
  for (const name of ['echarts', 'zrender', 'tslib']) {
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name))
  }
  writeFileSync(join(project, 'work.js'), readFileSync(join(import.meta.dirname, 'work.js')))
}, 300_000)

afterAll(() => rmSync(project, { recursive: true, force: true }), 60_000)

// ---- how large ----

/** Programs, and how many bytes they may have at most, compressed, by whichever bundler; docs/where-it-runs.md has the figures. */
const sizes: Readonly<Record<string, readonly [most: number, code: string]>> = {
  'affineForward and affineBackward': [
    24_000,
    `import { affineBackward, affineForward } from 'cachegrad'
globalThis.pair = (x, w, b, dy) => affineBackward(dy, affineForward(x, w, b)[1])`,
  ],
  'training of a fully connected net': [
    55_000,
    programsIn(textOf('README.md'))[0]?.code.replace(/ as const/g, '') as string,
  ],
  'prediction with a saved net': [
    71_500,
    `import { decodeNet, predict } from 'cachegrad/formats'
globalThis.run = (bytes, x) => predict(decodeNet('net', bytes).right, x)`,
  ],
  'training of a convolutional net': [
    69_500,
    `import { affine, classifier, conv, flatten, maxPool, network, relu, solve } from 'cachegrad'
const net = network([conv(16), relu, maxPool(2), flatten, affine(10)])
globalThis.run = (data) => solve(classifier(net, { inShape: [1, 28, 28] }), data)`,
  ],
}

describe.each(Object.entries(sizes))('%s', (title, [most, code]) => {
  test.each(minifying)(
    'by %s',
    async (name) => {
      writeFileSync(join(project, 'small.js'), code)
      await bundlers[name]?.(project, 'small.js', 'small.out.js')
      const bytes = readFileSync(join(project, 'small.out.js'))
      const size = gzipSync(bytes, { level: 9 }).length
      console.log(`${title}, ${name}: ${bytes.length} bytes, compressed ${size}`)
      expect(size).toBeLessThanOrEqual(most)
    },
    120_000,
  )
})

test('the README says how small that is', () => {
  const [most] = sizes['training of a fully connected net'] as readonly [number, string]
  expect(textOf('README.md')).toContain(`under ${most / 1000} kB`)
})

test('nothing of Node is in what a page loads', () => {
  const files = execFileSync('find', ['node_modules/cachegrad/dist/browser', '-name', '*.js'], { cwd: project })
  for (const file of files.toString().trim().split('\n')) {
    const code = readFileSync(join(project, file), 'utf8')
    expect([file, /\bfrom ['"]node:|\brequire\(/.exec(code)?.[0]]).toEqual([file, undefined])
  }
})

// ---- what it computes ----

interface Work {
  readonly losses: readonly number[]
  readonly convolution: readonly number[]
  readonly probabilities: readonly number[]
}

/** The program in Node, whose net a page then loads, by the kernels that pages have. */
const inNode = (): Work => {
  writeFileSync(
    join(project, 'node.js'),
    `import { writeFileSync } from 'node:fs'
import { fullyConnectedNet, orThrow, solve } from 'cachegrad'
import { strokes } from 'cachegrad/data'
import { encodeNet } from 'cachegrad/formats'
import './work.js'
const { x: xTrain, y: yTrain } = orThrow(strokes({ numTrain: 1000, numTest: 0 })).train
const model = orThrow(fullyConnectedNet({ inputDim: 784, hiddenDims: [30], normalization: 'batchnorm' }))
const { weights } = orThrow(solve(model, { xTrain, yTrain }, { updateRule: 'adam', numEpochs: 3 }))
const net = encodeNet({ model, weights })
writeFileSync('net.safetensors', net)
writeFileSync('node.json', JSON.stringify(await cachegrad.work(net)))`,
  )
  execFileSync('node', ['node.js'], { cwd: project, env: { ...process.env, CACHEGRAD_BACKEND: 'wasm-strict' } })
  return JSON.parse(readFileSync(join(project, 'node.json'), 'utf8')) as Work
}

const fetchAndWork = `fetch('/net.safetensors').then((r) => r.arrayBuffer()).then((b) => cachegrad.work(new Uint8Array(b)))`

const script = (file: string): string =>
  `<!doctype html><meta charset="utf-8"><script type="module" src="${file}"></script>`

const importMap = JSON.stringify({
  imports: {
    ...Object.fromEntries(
      ['', '/data', '/formats', '/checkpoint'].map((entry) => [
        `cachegrad${entry}`,
        '/node_modules/cachegrad/dist/cachegrad.js',
      ]),
    ),
  },
})

// Without reports and sweeps, which the one file does not have.
const unbundled = `<!doctype html><meta charset="utf-8"><script type="importmap">${importMap}</script><script type="module">
import { fullyConnectedNet, orThrow, solve } from 'cachegrad'
import { strokes } from 'cachegrad/data'
import { decodeNet, predict } from 'cachegrad/formats'
const work = async (net) => {
  const { train, test } = orThrow(strokes({ numTrain: 600, numTest: 200 }))
  const model = orThrow(fullyConnectedNet({ inputDim: 784, hiddenDims: [32] }))
  const options = { updateRule: 'adam', optimConfig: { learningRate: 2e-3 }, numEpochs: 3, batchSize: 50, seed: 1 }
  const data = { xTrain: train.x, yTrain: train.y, xVal: test.x, yVal: test.y }
  const losses = orThrow(solve(model, data, options)).lossHistory
  return { losses, probabilities: [...predict(orThrow(decodeNet('net', net)), test.x).data] }
}
globalThis.cachegrad = { work }
</script>`

const pages: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(bundlers).map((name) => [`/${name}.html`, script(`${name}.out.js`)])),
  '/map.html': unbundled,
}

inBrowser.describe('in a page', { timeout: 240_000 }, () => {
  let expected: Work
  let chromium: Browser
  let server: Awaited<ReturnType<typeof serve>>
  const profile = mkdtempSync(join(tmpdir(), 'cachegrad-profile-'))

  beforeAll(async () => {
    expected = inNode()
    for (const [name, bundle] of Object.entries(bundlers)) await bundle(project, 'work.js', `${name}.out.js`)
    server = await serve((path) => {
      if (pages[path] !== undefined) return pages[path]
      return /\.out\.js$|^\/net\.|cachegrad\.js$/.test(path) ? readFileSync(join(project, path)) : undefined
    })
    chromium = await startBrowser(program as string, profile)
  }, 240_000)

  afterAll(async () => {
    await chromium.close()
    server.server.close()
    rmSync(profile, { recursive: true, force: true })
  }, 60_000)

  const opened: Page[] = []
  const openAt = async (url: string, before?: string): Promise<Page> => {
    const page = await chromium.open(url, before)
    opened.push(page)
    return page
  }
  const open = (path: string, before?: string): Promise<Page> => openAt(`${server.url}${path}`, before)

  afterEach(async () => {
    for (const page of opened.splice(0)) await page.send('Page.close')
  })

  /** Probabilities of a net that Node saved, to 10⁻⁶, as Node computes them. */
  const near = (probabilities: readonly number[]): boolean =>
    probabilities.length === expected.probabilities.length &&
    probabilities.every((p, i) => Math.abs(p - (expected.probabilities[i] as number)) < 1e-6)

  const rows = Object.keys(bundlers).flatMap((name) => [`/${name}.html`, `/isolated/${name}.html`])

  test.each(rows)('%s: trains and predicts with the bits of Node, and complains of nothing', async (path) => {
    const page = await open(path)
    const work = await page.evaluate<Work>(fetchAndWork)
    expect(work).toEqual({ ...expected, probabilities: work.probabilities })
    expect(near(work.probabilities)).toBe(true)
    expect(await page.evaluate('crossOriginIsolated')).toBe(path.startsWith('/isolated'))
    expect(page.complaints()).toEqual([])
  })

  test.each(['/map.html', '/isolated/map.html'])('%s: one file by an import map, without a bundler', async (path) => {
    const page = await open(path)
    const work = await page.evaluate<Work>(fetchAndWork)
    expect(work.losses).toEqual(expected.losses)
    expect(near(work.probabilities)).toBe(true)
    expect(page.complaints()).toEqual([])
  })

  test("Vite's server for development", async () => {
    writeFileSync(join(project, 'index.html'), script('/work.js'))
    mkdirSync(join(project, 'public'), { recursive: true })
    writeFileSync(join(project, 'public', 'net.safetensors'), readFileSync(join(project, 'net.safetensors')))
    const vite = await viteServer(project)
    try {
      const page = await openAt(vite.url)
      // The first time, it bundles dependencies and loads the page again.
      for (
        let tries = 0;
        tries < 300 && !(await page.evaluate('"cachegrad" in globalThis').catch(() => false));
        tries++
      ) {
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      const work = await page.evaluate<Work>(fetchAndWork)
      expect(work.losses).toEqual(expected.losses)
      expect(near(work.probabilities)).toBe(true)
      expect(page.complaints().filter((text) => !/Outdated Optimize Dep|favicon/.test(text))).toEqual([])
    } finally {
      await vite.close()
    }
  })

  const refused = `const { Memory } = WebAssembly
WebAssembly.Memory = function (given) {
  if (given.shared || given.initial > 4096) throw new RangeError('refused')
  return new Memory(given)
}`

  test.each([
    ['memory that is not shared, and small', refused, true],
    ['no WebAssembly', 'delete globalThis.WebAssembly', false],
    ['no Atomics', 'delete globalThis.Atomics', true],
  ])('%s', async (_, before, isWasm) => {
    const page = await open('/esbuild.html', before)
    const work = await page.evaluate<Work>(fetchAndWork)
    expect(near(work.probabilities)).toBe(true)
    if (isWasm) expect([work.losses, work.convolution]).toEqual([expected.losses, expected.convolution])
    else expect(work.losses.at(-1)).toBeCloseTo(expected.losses.at(-1) as number, 3)
    expect(page.complaints()).toEqual([])
  })

  test('a run that lets the page have its turns holds no frame up, and takes no longer', async () => {
    // The best of a few: other programs take the cores, too.
    const tries: { longest: number; slower: number }[] = []
    const isGood = () => tries.some(({ longest, slower }) => longest <= 40 && slower <= 0.05)
    while (!isGood() && tries.length < 12) {
      tries.push(await (await open('/esbuild.html')).evaluate('cachegrad.frames()'))
    }
    const last = tries.at(-1)
    console.log(`longest frame ${last?.longest.toFixed(1)} ms, ${(100 * (last?.slower ?? 0)).toFixed(1)} % longer`)
    expect(isGood()).toBe(true)
  })

  test('the example learns, reads and stops', async () => {
    const folder = join(project, 'node_modules', 'cachegrad', 'examples', 'page')
    const child = spawn('node', [join(folder, 'serve.js')], { env: { ...process.env, PORT: '0' } })
    try {
      const [said] = (await once(child.stdout, 'data')) as [Buffer]
      const example = await openAt(String(said).replace('open ', '').trim())
      const state = (): Promise<string> => example.evaluate<string>(`document.getElementById('state').value`)
      const until = async (holds: (text: string) => boolean): Promise<string> => {
        for (let text = await state(); ; text = await state()) {
          if (holds(text)) return text
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      }
      const [, percent, time] =
        /: ([\d.]+) %.*after ([\d.]+) s/.exec(await until((text) => text.includes('done'))) ?? []
      console.log(`the example reads ${percent} % of new digits after ${time} s`)
      expect(Number(percent)).toBeGreaterThan(95)
      await example.evaluate(`(() => {
        const paper = document.getElementById('paper')
        const { left, top, width } = paper.getBoundingClientRect()
        const at = (type, x, y) => paper.dispatchEvent(new PointerEvent(type, { clientX: left + x * width, clientY: top + y * width, buttons: 1, pointerId: 1 }))
        paper.setPointerCapture = () => {}
        at('pointerdown', 0.5, 0.15)
        for (let y = 0.15; y < 0.9; y += 0.05) at('pointermove', 0.5, y)
        at('pointerup', 0.5, 0.9)
      })()`)
      const answer = `document.getElementById('answer').value`
      while (!(await example.evaluate<string>(answer)).startsWith('This is')) await until(() => true)
      expect(await example.evaluate<string>(answer)).toContain('This is a 1')
      expect(example.complaints()).toEqual([])

      const other = await openAt(String(said).replace('open ', '').trim())
      await other.evaluate(`document.getElementById('stop').click()`)
      for (
        let tries = 0;
        tries < 200 && !(await other.evaluate<string>(`document.getElementById('state').value`)).includes('stopped');
        tries++
      ) {
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      expect(await other.evaluate<string>(`document.getElementById('state').value`)).toContain('stopped')
      expect(other.complaints()).toEqual([])
    } finally {
      child.kill()
    }
  })

  test('relaxed SIMD where a page asks for it', async () => {
    const page = await open('/esbuild.html')
    expect(await page.evaluate('cachegrad.relaxed()')).toBe(true)
    const work = await page.evaluate<Work>(fetchAndWork)
    expect(near(work.probabilities)).toBe(true)
    expect(work.losses.at(-1)).toBeCloseTo(expected.losses.at(-1) as number, 3)
    expect(await page.evaluate('cachegrad.backend().name')).toBe('wasm')
  })

  test.each(['/esbuild.html', '/isolated/esbuild.html'])('%s: memory is flat over 2,000 steps', async (path) => {
    const page = await open(path)
    const held = async (): Promise<number> => {
      await page.send('HeapProfiler.collectGarbage')
      const { usedSize, backingStorageSize = 0 } = await page.send('Runtime.getHeapUsage')
      return (usedSize as number) + (backingStorageSize as number)
    }
    await page.evaluate('cachegrad.steps(200)')
    const before = await held()
    const time = await page.evaluate<number>('cachegrad.steps(2000)')
    const growth = (await held()) - before
    console.log(`${path}: ${Math.round(2e6 / time)} steps/s; 2,000 steps leave ${Math.round(growth / 1000)} kB`)
    expect(growth).toBeLessThan(300_000)
  })
})
