import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { SweepError } from '../errors.ts'

/**
 * What a worker runs first. It is a text and plain CommonJS, so that no loader has to find or understand a file; then come modules,
 * with the loader for TypeScript where one of them needs it.
 */
export const program = `
const { workerData } = require('node:worker_threads')
const start = async () => {
  if (workerData.tsx !== undefined) (await import(workerData.tsx)).register()
  const { serve } = await import(workerData.program)
  await serve(workerData)
}
start()
`

const isTypeScript = (url: string): boolean => /\.[mc]?tsx?$/.test(new URL(url).pathname)

/** The module that the text goes on with: as TypeScript in a checkout, as JavaScript in the package. */
export const workerModule = new URL(isTypeScript(import.meta.url) ? './worker.ts' : './worker.js', import.meta.url).href

// Newer engines read TypeScript themselves.
const stripsTypes = 'typescript' in process.features && process.features.typescript !== false

const apiOf = (parent: string): string | undefined => {
  try {
    const require = createRequire(parent)
    const path = require.resolve('tsx/package.json')
    const { exports } = require(path) as { exports: { './esm/api': { import: { default: string } } } }
    return new URL(exports['./esm/api'].import.default, pathToFileURL(path)).href
  } catch {
    return undefined
  }
}

/** The module whose `register` makes a thread read TypeScript; undefined where it can read the study as it is. */
export const tsxFor = (module: string): E.Either<SweepError, string | undefined> => {
  if (![module, workerModule].some(isTypeScript)) return E.right(undefined)
  const api = apiOf(module) ?? apiOf(import.meta.url)
  if (api !== undefined || stripsTypes) return E.right(api)
  return E.left(new SweepError(`runSweep: workers need tsx to read ${module}; run npm install --save-dev tsx`))
}
