import * as E from 'fp-ts/lib/Either.js'
import { loadBlas } from './blas.ts'
import { jsKernels } from './js.ts'
import type { BackendName, Floats, Kernels } from './kernels.ts'
import { relaxedSupported, type Variant, wasmKernels } from './wasm.ts'

/** The kernels to choose from, slowest first. */
export const backendNames: readonly BackendName[] = ['js', 'wasm-strict', 'wasm', 'blas']

/** What is in use, and why not something faster. */
export interface Backend {
  readonly name: BackendName
  readonly description: string
  /** Why `blas` is not in use although nobody asked for another backend. */
  readonly note?: string
}

const environment = (name: string): string | undefined =>
  typeof process === 'undefined' ? undefined : process.env[name] || undefined

const cores = (): number =>
  typeof process === 'undefined' ? 1 : (process.getBuiltinModule?.('node:os')?.availableParallelism() ?? 1)

const checkedThreads = (where: string, threads: number, given: string): E.Either<string, number> =>
  Number.isInteger(threads) && threads >= 1
    ? E.right(threads)
    : E.left(`${where} must be an integer ≥ 1, but got ${given}`)

// A waiting thread costs its core, and the nets that this engine is for have no work for more.
const MOST_THREADS = 8

const threadCount = (): E.Either<string, number> => {
  const asked = environment('CACHEGRAD_THREADS')
  if (asked === undefined) return E.right(Math.min(MOST_THREADS, cores()))
  return checkedThreads('the variable CACHEGRAD_THREADS', Number(asked), asked)
}

const fastest = (): Variant => (relaxedSupported() ? 'relaxed' : 'strict')

const load = (name: BackendName, threads: number): E.Either<string, Kernels> => {
  if (name === 'js') return E.right(jsKernels)
  if (name === 'wasm-strict') return E.right(wasmKernels('strict', threads))
  if (name === 'wasm') return E.right(wasmKernels(fastest(), threads))
  return loadBlas(fastest(), threads)
}

let active: Kernels | undefined
let note: string | undefined

const isBackendName = (name: string): name is BackendName => (backendNames as readonly string[]).includes(name)

/**
 * Chooses the kernels that all later calls use: `js`, `wasm`, `wasm-strict` (no relaxed SIMD: the same bits on every machine) or `blas`.
 * Without a call, the variable CACHEGRAD_BACKEND decides, or else the fastest one that is found.
 *
 * @param name     one of `backendNames`
 * @param threads  most threads of one kernel, an integer ≥ 1 (more than 64 count as 64); CACHEGRAD_THREADS, or the number of cores but not more than 8, unless given
 * @returns        what is in use now, or why it cannot be; then the former backend stays
 * @example        useBackend('js')   // right({ name: 'js', description: 'js' })
 */
export const useBackend = (name: BackendName, threads?: number): E.Either<string, Backend> => {
  if (!isBackendName(name)) {
    return E.left(`useBackend: name is one of ${backendNames.join(', ')}, but got '${String(name)}'`)
  }
  const count = threads === undefined ? threadCount() : checkedThreads('useBackend: threads', threads, String(threads))
  if (E.isLeft(count)) return count
  const loaded = load(name, count.right)
  if (E.isLeft(loaded)) return E.left(`backend blas is not available: ${loaded.left}`)
  active = loaded.right
  note = undefined
  return E.right(backend())
}

const chooseDefault = (): Kernels => {
  const asked = environment('CACHEGRAD_BACKEND')
  if (asked !== undefined) {
    const chosen = useBackend(asked as BackendName)
    if (E.isLeft(chosen)) {
      throw new Error(chosen.left.replace('useBackend: name', 'the variable CACHEGRAD_BACKEND'))
    }
    return active as Kernels
  }
  const threads = threadCount()
  if (E.isLeft(threads)) throw new Error(threads.left)
  const best = loadBlas(fastest(), threads.right)
  if (E.isRight(best)) return best.right
  note = `no blas: ${best.left}`
  return wasmKernels(fastest(), threads.right)
}

/**
 * The backend in use.
 *
 * @throws Error when the variable CACHEGRAD_BACKEND names one that does not exist or cannot be loaded, or CACHEGRAD_THREADS is no integer ≥ 1
 * @example backend().description   // e.g. 'blas (OpenBLAS 0.3.21, up to 2 threads; wasm (SIMD, up to 2 threads))'
 */
export const backend = (): Backend => {
  active ??= chooseDefault()
  const { name, description } = active
  return note === undefined ? { name, description } : { name, description, note }
}

/** The kernels for arrays of one precision: wasm has float32 only, so float64 runs in plain loops. */
export const kernelsFor = (data: Floats): Kernels => {
  active ??= chooseDefault()
  return data instanceof Float32Array ? active : jsKernels
}
