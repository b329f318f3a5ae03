import { existsSync } from 'node:fs'
import { describe, test } from 'vitest'
import type { BackendName } from '../src/kernels/index.ts'

type Body = () => void | Promise<void>

interface Runner {
  (title: string, body: Body, timeout?: number): void
  (title: string, options: { readonly timeout: number }, body: Body): void
}

/** `describe` and `test` of vitest, or in their place. */
export interface Place {
  readonly describe: Runner
  readonly test: Runner
}

/**
 * Tests where something is there. Elsewhere they are left out: their titles say what they need, and the last lines of a run (leftOut.ts)
 * sum it up.
 */
export const where = (isThere: boolean, needs: string): Place => {
  const leftOut = (skip: (title: string, ...rest: never[]) => void): Runner =>
    ((title: string, ...rest: never[]) => skip(`${title} (left out: ${needs})`, ...rest)) as Runner
  return isThere ? { describe, test } : { describe: leftOut(describe.skip), test: leftOut(test.skip) }
}

export const withoutRoot = where(process.getuid?.() !== 0, 'needs a user who is not root')

export const onPosix = where(process.platform !== 'win32', 'needs another system than Windows')

export const withFile = (path: string) => where(existsSync(path), `needs ${path}`)

export const withData = where(
  process.env.CACHEGRAD_DATA !== undefined,
  'needs the genuine data sets, in the folder that CACHEGRAD_DATA names',
)

const needs = {
  js: 'nothing',
  'wasm-strict': 'needs WebAssembly with SIMD',
  wasm: 'needs WebAssembly with relaxed SIMD, e.g. of Node 22',
  blas: 'needs OpenBLAS and koffi',
} as const satisfies Record<BackendName, string>

export const withBackend = (name: BackendName, isThere: boolean) => where(isThere, needs[name])
