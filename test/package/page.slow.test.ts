import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compiledLibrary } from '../kernels/compiled.ts'
import { programsIn, textOf } from '../pages.ts'
import { inBrowser, openPage } from '../report/chromium.ts'

// The README's first program as a script of a web page: how large it is, and that it runs.

const LARGEST = 170_000 // bytes, as README.md and docs/backends-and-speed.md say

const [first] = programsIn(textOf('README.md'))
const library = compiledLibrary()
let script: string

/** The program and all that it imports, as one minified module. */
const bundled = async (code: string): Promise<string> => {
  const entry = join(library, 'program.ts')
  writeFileSync(entry, code)
  const result = await build({
    configFile: false,
    logLevel: 'error',
    root: library,
    resolve: { alias: { cachegrad: join(library, 'dist', 'index.js') } },
    build: { write: false, minify: true, lib: { entry, formats: ['es'], fileName: 'program' } },
  })
  const [output] = Array.isArray(result) ? result : [result]
  if (output === undefined || !('output' in output)) throw new Error('nothing was built')
  return output.output.map((part) => (part.type === 'chunk' ? part.code : '')).join('')
}

beforeAll(async () => {
  script = await bundled(first?.code ?? '')
}, 120_000)

afterAll(() => rmSync(library, { recursive: true, force: true }))

test('it is as small as the README says, compressed', () => {
  const size = gzipSync(script).length
  console.log(`the README's first program for a web page: ${script.length} bytes, compressed ${size}`)
  expect(size).toBeLessThan(LARGEST)
  const words = `under ${LARGEST / 1000} kB`
  expect([textOf('README.md').includes(words), textOf('docs/backends-and-speed.md').includes(words)]).toEqual([
    true,
    true,
  ])
})

inBrowser.test(
  'it learns XOR in a page',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cachegrad-page-'))
    try {
      const show = 'console.log = (value) => { document.body.textContent = JSON.stringify([...value]) }\n'
      // Its text holds no end of a script but its own.
      const html = `<!doctype html><body><script type="module">${show}${script.replaceAll('</script', '<\\/script')}</script></body>`
      const { dom, console: complaints } = await openPage(folder, html, ['--virtual-time-budget=20000', '--dump-dom'])
      expect(complaints).toEqual([])
      expect(dom).toContain('[0,1,1,0]')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
  120_000,
)
