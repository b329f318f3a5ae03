import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

// Bundlers as their documentation begins: no option says anything of this package or of a platform.

const folder = join(import.meta.dirname, 'bundlers')
const load = (path: string) => import(/* @vite-ignore */ pathToFileURL(join(folder, 'node_modules', path)).href)

/** Bundles a program of a project for a page: `from` is its file, `to` the file that is made, both as paths from the project. */
type Bundle = (project: string, from: string, to: string) => Promise<void>

const esbuild: Bundle = async (project, from, to) => {
  const { build } = (await load('esbuild/lib/main.js')).default
  const [entry, outfile] = [join(project, from), join(project, to)]
  await build({ entryPoints: [entry], bundle: true, minify: true, format: 'esm', outfile, logLevel: 'error' })
}

// Rollup finds packages only by this plugin; `browser` is how it says what it builds for.
const rollup: Bundle = async (project, from, to) => {
  const { default: nodeResolve } = await load('@rollup/plugin-node-resolve/dist/es/index.js')
  const { rollup: open } = await load('rollup/dist/es/rollup.js')
  const bundle = await open({ input: join(project, from), plugins: [nodeResolve({ browser: true })] })
  await bundle.write({ file: join(project, to), format: 'es' })
}

const vite: Bundle = async (project, from, to) => {
  const { build } = await load('vite/dist/node/index.js')
  const output = { entryFileNames: to }
  await build({
    ...{ configFile: false, root: project, logLevel: 'error' },
    build: { outDir: '.', emptyOutDir: false, rolldownOptions: { input: join(project, from), output } },
  })
}

interface Stats {
  readonly toString: (options: object) => string
}

const webpack: Bundle = async (project, from, to) => {
  const open = createRequire(join(folder, 'package.json'))('webpack')
  const output = { path: project, filename: to }
  await new Promise<void>((resolve, reject) => {
    const options = { mode: 'production', context: project, entry: `./${from}`, output, performance: { hints: false } }
    open(options, (error: Error | null, stats: Stats | undefined) => {
      const told = stats?.toString({ all: false, errors: true, warnings: true }) ?? ''
      if (error === null && told === '') resolve()
      else reject(error ?? new Error(told))
    })
  })
}

export const bundlers: Readonly<Record<string, Bundle>> = { esbuild, rollup, vite, webpack }

/** Those that also make a program small. */
export const minifying = ['esbuild', 'vite', 'webpack'] as const

/** Vite's server for development, in a project: its address, and what ends it. */
export const viteServer = async (project: string): Promise<{ url: string; close: () => Promise<void> }> => {
  const { createServer } = await load('vite/dist/node/index.js')
  const server = await createServer({ configFile: false, root: project, logLevel: 'error', server: { port: 0 } })
  await server.listen()
  return { url: server.resolvedUrls.local[0] as string, close: () => server.close() }
}
