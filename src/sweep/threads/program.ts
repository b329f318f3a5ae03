import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { isMainThread, workerData } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { SweepError } from '../errors.ts'
import type { Setup } from './messages.ts'

/**
 * What a worker runs first. It is a text and plain CommonJS, so that no loader has to find or understand a file; then come modules,
 * with the loader for TypeScript where one of them needs it.
 */
export const program = `
const { workerData } = require('node:worker_threads')
const start = async () => {
  if (workerData.tsx !== undefined) for (const api of workerData.tsx) (await import(api)).register()
  const { serve = globalThis[Symbol.for('cachegrad.sweep.serve')] } = await import(workerData.program ?? workerData.module)
  if (serve === undefined) throw new Error(workerData.module + ' makes no study; write: export default sweep({ … })')
  await serve(workerData)
}
start()
`

/** Whether this thread is a worker that runs trials of the module's study: it must not start workers for them in turn. */
export const isWorkerOf = (module: string): boolean =>
  !isMainThread && (workerData as Partial<Setup> | null)?.module === module

const isTypeScript = (url: string): boolean => /\.[mc]?tsx?$/.test(new URL(url).pathname)

/** The module that the text goes on with: as TypeScript in a checkout, as JavaScript in the package; in a bundle there is none (bundled.ts). */
export const workerModule = /\/threads\/program\.[jt]s$/.test(import.meta.url)
  ? new URL(isTypeScript(import.meta.url) ? './worker.ts' : './worker.js', import.meta.url).href
  : undefined

// Newer engines read TypeScript themselves.
const stripsTypes = 'typescript' in process.features && process.features.typescript !== false

const apisOf = (parent: string): readonly string[] | undefined => {
  try {
    const require = createRequire(parent)
    const path = require.resolve('tsx/package.json')
    const { exports } = require(path) as { exports: Record<'./esm/api' | './cjs/api', { import: { default: string } }> }
    const urlOf = (name: keyof typeof exports): string =>
      new URL(exports[name].import.default, pathToFileURL(path)).href
    // Modules of packages without "type": "module" are CommonJS, also where they are imported.
    return [urlOf('./cjs/api'), urlOf('./esm/api')]
  } catch {
    return undefined
  }
}

/** The modules whose `register` makes a thread read TypeScript; undefined where it can read the study as it is. */
export const tsxFor = (module: string): E.Either<SweepError, readonly string[] | undefined> => {
  if (![module, workerModule ?? module].some(isTypeScript)) return E.right(undefined)
  const apis = apisOf(module) ?? apisOf(import.meta.url)
  if (apis !== undefined || stripsTypes) return E.right(apis)
  return E.left(new SweepError(`worker threads need tsx to read ${module}; run npm install --save-dev tsx`))
}
