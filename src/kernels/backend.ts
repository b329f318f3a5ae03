import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { OptionError } from '../errors/index.ts'
import { loadBlas } from './blas.ts'
import { builtin, variable } from './environment.ts'
import { heapNote } from './heap.ts'
import { jsKernels } from './js.ts'
import type { BackendName, Floats, Kernels } from './kernels.ts'
import { relaxedSupported } from './relaxedSupported.ts'
import { type Variant, wasmKernels } from './wasm.ts'

/** The kernels to choose from, slowest first. */
export const backendNames: readonly BackendName[] = ['js', 'wasm-strict', 'wasm', 'blas']

/** What is in use, and why not something faster. */
export interface Backend {
  /** Which kernels compute. */
  readonly name: BackendName
  /** The same for people, e.g. 'wasm (SIMD), 2 threads'. */
  readonly description: string
  /** What is missing here, and why: a faster backend that nobody has declined, or memory that threads can share. */
  readonly note?: string
}

const cores = (): number => builtin('node:os')?.availableParallelism() ?? 1

const checkedThreads = (where: string, threads: number, given: string): E.Either<string, number> =>
  Number.isInteger(threads) && threads >= 1
    ? E.right(threads)
    : E.left(`${where} must be an integer ≥ 1, but got ${given}`)

// A waiting thread costs its core, and the nets that this engine is for have no work for more.
const MOST_THREADS = 8

const threadCount = (): E.Either<string, number> => {
  const asked = variable('CACHEGRAD_THREADS')
  if (asked === undefined) return E.right(Math.min(MOST_THREADS, cores()))
  return checkedThreads('the variable CACHEGRAD_THREADS', Number(asked), asked)
}

const fastest = (): Variant => (relaxedSupported() ? 'relaxed' : 'strict')

const load = (name: BackendName, threads: number): E.Either<string, Kernels> => {
  if (name === 'js') return E.right(jsKernels)
  if (name === 'wasm-strict') return wasmKernels('strict', threads)
  if (name === 'wasm') return wasmKernels(fastest(), threads)
  return loadBlas(fastest(), threads)
}

/** Kernels, and why they are not faster ones although nobody asked for them. */
interface Choice {
  readonly kernels: Kernels
  readonly missing?: string
}

let choice: Choice | undefined

const isBackendName = (name: string): name is BackendName => (backendNames as readonly string[]).includes(name)

/** Of anything that is no name, its type: what it is like is not looked at. */
const given = (name: unknown): string =>
  typeof name === 'string'
    ? `'${name.slice(0, 40).replace(/\p{C}/gu, '?')}'`
    : typeof name === 'number'
      ? String(name)
      : typeof name

const choose = (name: string, threads?: number): E.Either<string, Choice> => {
  if (!isBackendName(name)) {
    return E.left(`useBackend: name is one of ${backendNames.join(', ')}, but got ${given(name)}`)
  }
  return pipe(
    threads === undefined ? threadCount() : checkedThreads('useBackend: threads', threads, given(threads)),
    E.chain((count) =>
      pipe(
        load(name, count),
        E.bimap(
          (reason) => `backend ${name} is not available: ${reason}`,
          (kernels) => ({ kernels }),
        ),
      ),
    ),
  )
}

/**
 * Chooses the kernels that all later calls use: `js`, `wasm`, `wasm-strict` (no relaxed SIMD: the same bits on every machine) or `blas`.
 * Without a call, the variable CACHEGRAD_BACKEND decides, or else the fastest one that is found.
 *
 * @param name     one of `backendNames`
 * @param threads  most threads of one kernel, an integer ≥ 1 (more than 64 count as 64); CACHEGRAD_THREADS, or the number of cores but not more than 8, unless given
 * @returns        what is in use now, or left(OptionError) that says why it cannot be; then the former backend stays
 * @example        useBackend('js')   // right({ name: 'js', description: 'js' })
 */
export const useBackend = (name: BackendName, threads?: number): E.Either<OptionError, Backend> =>
  pipe(
    choose(name, threads),
    E.bimap(
      (message) => new OptionError(message),
      (chosen) => {
        choice = chosen
        return backend()
      },
    ),
  )

/** The fastest that is there. */
const chooseFastest = (threads: number): Choice => {
  const blas = loadBlas(fastest(), threads)
  if (E.isRight(blas)) return { kernels: blas.right }
  const wasm = wasmKernels(fastest(), threads)
  // Without wasm there is no blas either.
  return E.isRight(wasm)
    ? { kernels: wasm.right, missing: `no blas: ${blas.left}` }
    : { kernels: jsKernels, missing: `no wasm: ${wasm.left}` }
}

const chooseDefault = (): Choice => {
  const asked = variable('CACHEGRAD_BACKEND')
  const chosen = asked === undefined ? E.map(chooseFastest)(threadCount()) : choose(asked)
  if (E.isLeft(chosen)) throw new Error(chosen.left.replace('useBackend: name', 'the variable CACHEGRAD_BACKEND'))
  return chosen.right
}

const active = (): Choice => {
  choice ??= chooseDefault()
  return choice
}

/**
 * The backend in use.
 *
 * @throws Error when the variable CACHEGRAD_BACKEND names one that does not exist or cannot be loaded, or CACHEGRAD_THREADS is no integer ≥ 1
 * @example backend().description   // e.g. 'blas (OpenBLAS 0.3.21, up to 2 threads; wasm (SIMD, up to 2 threads))'
 */
export const backend = (): Backend => {
  const { kernels, missing } = active()
  const { name, description } = kernels
  const notes = [missing, name === 'js' ? undefined : heapNote()].filter((note) => note !== undefined)
  return notes.length === 0 ? { name, description } : { name, description, note: notes.join('; ') }
}

/** The kernels for arrays of one precision: wasm has float32 only, so float64 runs in plain loops. */
export const kernelsFor = (data: Floats): Kernels => {
  const { kernels } = active()
  return data instanceof Float32Array ? kernels : jsKernels
}
