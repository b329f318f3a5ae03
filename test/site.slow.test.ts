import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inBrowser, openFile } from './report/chromium.ts'

// `npm run docs`: guides and reference as one site that is opened from a disk.
const root = join(import.meta.dirname, '..')
const docs = join(root, 'docs')
const site = join(docs, 'site')
const folder = mkdtempSync(join(tmpdir(), 'cachegrad-site-'))

const pages = (): readonly string[] =>
  readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'))
const textOf = (page: string): string => readFileSync(join(site, page), 'utf8')

const entries = Object.values(
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Record<string, { types?: string }> })
    .exports,
).flatMap(({ types }) => types?.slice('./dist/'.length) ?? [])

let built: { readonly status: number | null; readonly said: string }

beforeAll(() => {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'docs'], { cwd: root, encoding: 'utf8' })
  built = { status, said: `${stdout}${stderr}` }
}, 600_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the site', { timeout: 120_000 }, () => {
  test('is built without a warning', () => {
    expect(built.said).not.toMatch(/warning|error/i)
    expect(built.status).toBe(0)
  })

  test('has a page for each guide, and one for each public name', async () => {
    const { projectPages } = await import(join(docs, 'pages.mjs'))
    const there = pages().map((page) => page.replace(/^.*[/.]/, ''))
    expect(there).not.toEqual([])
    const guides = readdirSync(docs).filter((file) => file.endsWith('.md'))
    expect(readdirSync(join(site, 'documents')).length).toBe(guides.length + projectPages.length)
    const names = readdirSync(site, { recursive: true, encoding: 'utf8' }).flatMap(
      (file) => /^(?:functions|variables|classes)\/[^.]+\.(.+)\.html$/.exec(file)?.[1] ?? [],
    )
    for (const entry of entries) {
      const module = await import(join(root, 'src', entry.replace('.d.ts', '.ts')))
      expect(names).toEqual(expect.arrayContaining(Object.keys(module)))
    }
  })

  test('asks nobody else for anything', () => {
    const asked = pages().flatMap((page) =>
      [
        ...textOf(page).matchAll(
          /<(?:script|link|img|iframe|source|video)\b[^>]*?\b(?:src|href)="((?:https?:)?\/\/[^"]*)"/g,
        ),
      ].map(([, address]) => `${page}: ${address}`),
    )
    expect(asked).toEqual([])
    for (const style of readdirSync(join(site, 'assets')).filter((file) => file.endsWith('.css')))
      expect(readFileSync(join(site, 'assets', style), 'utf8')).not.toMatch(/url\(["']?(?:https?:)?\/\/|@import/)
  })

  test('has no link that leads nowhere', () => {
    const ids = new Map<string, ReadonlySet<string>>()
    const idsOf = (path: string): ReadonlySet<string> => {
      const known =
        ids.get(path) ?? new Set([...readFileSync(path, 'utf8').matchAll(/\bid="([^"]+)"/g)].map(([, id = '']) => id))
      ids.set(path, known)
      return known
    }
    const lost = pages().flatMap((page) =>
      [...textOf(page).matchAll(/<a\b[^>]*? href="([^"]+)"/g)].flatMap(([, link = '']) => {
        if (/^[a-z]+:/.test(link)) return []
        const [path = '', anchor = ''] = link.split('#')
        const target = path === '' ? join(site, page) : resolve(dirname(join(site, page)), decodeURI(path))
        const isThere = existsSync(target) && (anchor === '' || idsOf(target).has(decodeURI(anchor)))
        return isThere ? [] : [`${page}: ${link}`]
      }),
    )
    expect(lost).toEqual([])
  })

  test('shows labels of tuples and defaults of options', () => {
    const plain = (page: string): string =>
      textOf(page)
        .replace(/<[^>]*>/g, '')
        .replace(/&quot;/g, '"')
        .replace(/\s+/g, ' ')
    expect(plain('functions/cachegrad.affineForward.html')).toContain('readonly [out: Tensor, cache: AffineCache]')
    expect(plain('interfaces/cachegrad.SolverOptions.html')).toContain('batchSize?: number = 100')
    expect(plain('types/cachegrad.UpdateRuleName.html')).toContain('| "sgdMomentum" |')
  })
})

inBrowser.describe('the site in a browser, from a disk', { timeout: 180_000 }, () => {
  const open = (path: string) => openFile(folder, path, ['--dump-dom', '--virtual-time-budget=8000'])

  test.each(['index.html', 'modules/cachegrad.html', 'functions/cachegrad.affineBackward.html'])(
    '%s writes nothing to the console',
    async (page) => {
      const { dom, console } = await open(join(site, page))
      expect(dom).toContain('</html>')
      expect(console).toEqual([])
    },
  )

  test('its search finds affineBackward', async () => {
    const searching = `<script>addEventListener('load', () => setTimeout(() => {
      document.querySelector('#tsd-search-trigger').click()
      const input = document.querySelector('#tsd-search-input')
      setTimeout(() => {
        input.value = 'affineBackward'
        input.dispatchEvent(new Event('input', { bubbles: true }))
      }, 2000)
    }, 500))</script>`
    const page = join(site, 'search-test.html')
    writeFileSync(page, textOf('index.html').replace('</body>', `${searching}</body>`))
    const { dom, console } = await open(page)
    rmSync(page)
    expect(console).toEqual([])
    const [, results = ''] = /id="tsd-search-results"[^>]*>([\s\S]*?)<\/ul>/.exec(dom) ?? []
    expect(results).toContain('functions/cachegrad.affineBackward.html')
  })
})

describe('what is not documented', { timeout: 300_000 }, () => {
  /** What the build says of a module that is no part of the project, with the project's own settings. */
  const saidOf = (code: string): string => {
    const probe = join(folder, 'probe')
    mkdirSync(probe, { recursive: true })
    // Of several entries each is a module, as those of the project are.
    writeFileSync(join(probe, 'index.ts'), code)
    writeFileSync(
      join(probe, 'other.ts'),
      '/** Another entry. @module other */\n\n/** Said. */\nexport const other = 1\n',
    )
    const files = { compilerOptions: { strict: true, types: [] }, files: ['index.ts', 'other.ts'] }
    writeFileSync(join(probe, 'tsconfig.json'), JSON.stringify(files))
    const config = `import own from ${JSON.stringify(pathToFileURL(join(docs, 'typedoc.config.mjs')).href)}
export default { ...own, entryPoints: ['index.ts', 'other.ts'], intentionallyNotExported: [], tsconfig: 'tsconfig.json', readme: 'none', projectDocuments: [],
  plugin: own.plugin.map((file) => ${JSON.stringify(`${docs}/`)} + file), customCss: '' }`
    writeFileSync(join(probe, 'typedoc.config.mjs'), config)
    const program = join(docs, 'node_modules', '.bin', 'typedoc')
    const options = ['--options', join(probe, 'typedoc.config.mjs'), '--emit', 'none']
    const { stdout, stderr, status } = spawnSync(program, options, { cwd: probe, encoding: 'utf8' })
    return `${stdout}${stderr}exit code ${status}`
  }

  test('ends the build: a name, and a property', () => {
    const said = saidOf('export const bare = 1\n/** Said. */\nexport interface Box {\n  readonly width: number\n}\n')
    expect(said).toMatch(/bare \(Variable\), defined in .* does not have any documentation/)
    expect(said).toMatch(/Box\.width \(Property\), defined in .* does not have any documentation/)
    expect(said).not.toMatch(/exit code 0/)
    expect(saidOf('/** Said. */\nexport const bare = 1\n')).toMatch(/exit code 0/)
  })

  test('of the options of a function is nothing, also in the declarations that an editor shows', () => {
    const types = join(docs, 'site', 'types')
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    spawnSync(
      'node',
      [tsc, '-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--declarationMap', 'false', '--outDir', types],
      {
        cwd: root,
      },
    )
    const ts = createRequire(join(docs, 'package.json'))('typescript')
    const files = entries.map((entry) => join(types, entry))
    const [module, moduleResolution] = [ts.ModuleKind.NodeNext, ts.ModuleResolutionKind.NodeNext]
    const settings = { strict: true, module, moduleResolution, skipLibCheck: true, types: [] }
    const program = ts.createProgram(files, settings)
    const checker = program.getTypeChecker()
    const bare: string[] = []
    let count = 0
    for (const file of files) {
      for (const passedOn of checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))) {
        const symbol = passedOn.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(passedOn) : passedOn
        if (!(symbol.flags & ts.SymbolFlags.Type) || !/Options$/.test(symbol.name)) continue
        for (const property of checker.getDeclaredTypeOfSymbol(symbol).getProperties()) {
          count++
          if (property.getDocumentationComment(checker).length === 0) bare.push(`${symbol.name}.${property.name}`)
        }
      }
    }
    rmSync(types, { recursive: true })
    expect(bare).toEqual([])
    expect(count).toBeGreaterThan(150)
  })
})
