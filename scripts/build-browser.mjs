// Makes dist/browser, which package.json names under the condition `browser`: the same modules as dist, each in its file so that a
// bundler leaves out what is not used, with what they import inlined, all but echarts. `x.page.ts` takes the place of `x.ts`, where a page has something else.
// And dist/cachegrad.js: what most pages need in one file with all that it imports, for an import map.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const src = join(root, 'src')
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** The sources of the entries, by their names in dist/browser. */
const entries = Object.fromEntries(
  Object.values(exports).flatMap(({ browser }) => {
    const name = /dist\/browser\/(.*)\.js$/.exec(browser ?? '')?.[1]
    return name === undefined ? [] : [[name, join(src, `${name}.ts`)]]
  }),
)

const twins = {
  name: 'twins',
  resolveId(id, from) {
    if (id.startsWith('fp-ts/lib/')) return join(root, 'node_modules', id.replace('/lib/', '/es6/'))
    if (!id.startsWith('.') || !from?.startsWith(src)) return undefined
    const twin = resolve(dirname(from), id.replace(/\.ts$/, '.page.ts'))
    return existsSync(twin) ? twin : undefined
  },
}

/** Where calls begin that are made when a module is loaded, and only for a constant. */
const constantCalls = (node, found = []) => {
  if (Array.isArray(node)) for (const each of node) constantCalls(each, found)
  else if (node !== null && typeof node === 'object' && !/Function|^ExpressionStatement$|^For/.test(node.type)) {
    if (node.type === 'CallExpression' || node.type === 'NewExpression') found.push(node.start)
    for (const each of Object.values(node)) constantCalls(each, found)
  }
  return found
}

/** Nothing happens when a module is loaded, which package.json says of all of them: so a constant that nobody uses is left out. */
const pure = {
  name: 'pure',
  renderChunk(code) {
    const places = [...new Set(constantCalls(this.parse(code).body))].sort((a, b) => b - a)
    return places.reduce((text, at) => `${text.slice(0, at)}/* @__PURE__ */ ${text.slice(at)}`, code)
  },
}

const options = { cwd: root, plugins: [twins, pure], platform: 'browser', tsconfig: false }

const modules = await rolldown({ ...options, input: entries, external: /^echarts/ })
const { output } = await modules.write({
  dir: join(root, 'dist/browser'),
  format: 'es',
  preserveModules: true,
  comments: { annotation: true, jsdoc: false, legal: false },
  preserveModulesRoot: src,
  entryFileNames: ({ name }) => `${name.replace('node_modules', 'inlined').replace(/\.page$/, '')}.js`,
})
await modules.close()

// What is inlined keeps its licence.
const packages = new Set(
  output.flatMap(({ facadeModuleId }) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(facadeModuleId ?? '') ?? []),
)
const licences = [...packages].sort().map((folder) => {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name))
  return `${folder.split('node_modules/').at(-1)}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
})
writeFileSync(join(root, 'dist/browser/LICENSES.txt'), licences.join('\n---\n\n'))

// Their names do not meet, so an import map gives all of these entries the same address.
const together = ['index', 'data/index', 'formats/index', 'checkpoint/index']
const whole = 'together'
const oneFile = await rolldown({
  ...options,
  plugins: [
    {
      name: whole,
      resolveId: (id) => (id === whole ? id : undefined),
      load: (id) =>
        id === whole ? together.map((name) => `export * from ${JSON.stringify(entries[name])}`).join('\n') : undefined,
    },
    twins,
  ],
  input: whole,
})
await oneFile.write({ file: join(root, 'dist/cachegrad.js'), format: 'es', minify: true })
await oneFile.close()
