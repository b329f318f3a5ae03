// Makes dist/browser, which package.json names under the condition `browser`: the same modules as dist, each in its file so that a
// bundler leaves out what is not used, with fp-ts inlined. `x.page.ts` takes the place of `x.ts`, where a page has something else.
// And dist/cachegrad.js: all of it in one file, for an import map.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const src = join(root, 'src')
const { version, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

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
  load: (id) =>
    id === join(src, 'files/version.ts') ? `export const version = ${JSON.stringify(version)}` : undefined,
}

const options = { cwd: root, plugins: [twins], platform: 'browser', tsconfig: false }
const isInlined = (id) => /^[./]|^fp-ts\/|^leven$/.test(id)

const modules = await rolldown({ ...options, input: entries, external: (id) => !isInlined(id), treeshake: true })
await modules.write({
  dir: join(root, 'dist/browser'),
  format: 'es',
  preserveModules: true,
  preserveModulesRoot: src,
  entryFileNames: ({ name }) => `${name.replace('node_modules', 'inlined').replace(/\.page$/, '')}.js`,
  minify: false,
})
await modules.close()
