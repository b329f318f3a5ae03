import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Kernels } from './kernels.ts'

/**
 * Matrix products by the system's BLAS, called through koffi. Both are optional: without one of them there is a reason
 * instead of kernels. The library reads and writes the arrays where they lie, on the heap or not.
 */

type Native = (...values: unknown[]) => unknown
type Library = { readonly func: (prototype: string) => Native }
type Koffi = { readonly load: (path: string) => Library }
type Blas = {
  readonly title: string
  readonly sgemm: Native
  readonly dgemm: Native
  readonly setThreads: Native | undefined
}

const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason))

const loadKoffi = (): E.Either<string, Koffi> => {
  const node = typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('node:module')
  if (node === undefined) return E.left('koffi is not installed')
  try {
    return E.right(node.createRequire(import.meta.url)('koffi') as Koffi)
  } catch (reason) {
    const absent = (reason as { code?: unknown }).code === 'MODULE_NOT_FOUND'
    return E.left(absent ? 'koffi is not installed' : `koffi cannot be loaded: ${messageOf(reason)}`)
  }
}

const accelerate = '/System/Library/Frameworks/Accelerate.framework/Accelerate'

// On a Mac Accelerate comes first: it alone uses the matrix units of Apple's processors.
const namesOn: Readonly<Record<string, readonly string[]>> = {
  darwin: [
    accelerate,
    '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
    '/usr/local/opt/openblas/lib/libopenblas.dylib',
    'libopenblas.dylib',
  ],
  win32: ['libopenblas.dll', 'openblas.dll'],
}

const candidates = (): readonly string[] => {
  const named = process.env.CACHEGRAD_BLAS_LIBRARY
  return named ? [named] : (namesOn[process.platform] ?? ['libopenblas.so.0', 'libopenblas.so'])
}

const gemm = (name: string, real: string): string =>
  `void ${name}(int order, int transA, int transB, int m, int n, int k, ${real} alpha, const void *a, int lda, ` +
  `const void *b, int ldb, ${real} beta, void *c, int ldc)`

const optional = (library: Library, prototype: string): Native | undefined => {
  try {
    return library.func(prototype)
  } catch {
    return undefined
  }
}

const titleOf = (file: string, config: string | undefined): string => {
  if (config !== undefined) return /OpenBLAS [\d.]+/.exec(config)?.[0] ?? 'OpenBLAS'
  return file === accelerate ? 'Accelerate' : file
}

const open = (koffi: Koffi, file: string): E.Either<string, Blas> => {
  try {
    const library = koffi.load(file)
    const config = optional(library, 'const char *openblas_get_config()')?.() as string | undefined
    if (config?.includes('USE64BITINT')) return E.left(`${file} is built for 64-bit integers`)
    return E.right({
      title: titleOf(file, config),
      sgemm: library.func(gemm('cblas_sgemm', 'float')),
      dgemm: library.func(gemm('cblas_dgemm', 'double')),
      setThreads: optional(library, 'void openblas_set_num_threads(int threads)'),
    })
  } catch (reason) {
    return E.left(messageOf(reason))
  }
}

const isAbsence = (reason: string): boolean => /no such file|not found|not be found|cannot find/i.test(reason)

const findBlas = (koffi: Koffi): E.Either<string, Blas> => {
  const files = candidates()
  const reasons: string[] = []
  for (const file of files) {
    const opened = open(koffi, file)
    if (E.isRight(opened)) return opened
    reasons.push(opened.left)
  }
  // A library that is there and does not load tells more than those that are not there.
  return E.left(reasons.find((r) => !isAbsence(r)) ?? `no OpenBLAS library found; tried ${files.join(', ')}`)
}

const ROW_MAJOR = 101
const NO_TRANS = 111
const TRANS = 112

// Below so many multiplications one thread does it. Measured on two cores of an EPYC 9004 with OpenBLAS 0.3.21, speed
// of two threads over that of one: 100×784·784×50 (3.9 million) 1.04, 160³ (4.1) 1.4, 200³ (8) 1.6, 256³ (17) 1.8,
// 100×3072·3072×100 (31) 1.5, 512³ (134) 1.9.
const THREADS_FROM = 6e6

// The library keeps one setting for the whole process.
let threadsNow = 0

const bind = (blas: Blas, rest: Kernels, threads: number): Kernels => {
  const { title, sgemm, dgemm, setThreads } = blas
  const count = setThreads === undefined ? '' : threads === 1 ? ', 1 thread' : `, up to ${threads} threads`

  const matmul: Kernels['matmul'] = (transA, transB, m, n, k, a, b, out) => {
    if (m === 0 || n === 0) return
    if (k === 0) {
      out.fill(0)
      return
    }
    if (setThreads !== undefined) {
      const wanted = m * n * k < THREADS_FROM ? 1 : threads
      if (wanted !== threadsNow) {
        threadsNow = wanted
        setThreads(wanted)
      }
    }
    const run = out instanceof Float64Array ? dgemm : sgemm
    const opA = transA ? TRANS : NO_TRANS
    const opB = transB ? TRANS : NO_TRANS
    run(ROW_MAJOR, opA, opB, m, n, k, 1, a, transA ? m : k, b, transB ? k : n, 0, out, n)
  }

  return { ...rest, name: 'blas', description: `blas (${title}${count}; ${rest.description})`, matmul }
}

/**
 * The kernels of `rest` with matrix products by OpenBLAS or Accelerate; these take float64 arrays as well. The variable
 * CACHEGRAD_BLAS_LIBRARY names another library with the CBLAS interface.
 *
 * @param rest     the kernels for everything else
 * @param threads  most threads of one product
 * @returns        the kernels, or why there are none
 */
export const loadBlas = (rest: Kernels, threads: number): E.Either<string, Kernels> =>
  pipe(
    loadKoffi(),
    E.chain(findBlas),
    E.map((blas) => bind(blas, rest, threads)),
  )
