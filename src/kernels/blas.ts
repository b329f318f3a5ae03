import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { builtin, platform, variable } from './environment.ts'
import { isOnHeap } from './heap.ts'
import type { Floats, Kernels } from './kernels.ts'
import { messageOf } from './messageOf.ts'
import type { Call } from './pool.ts'
import { type Cut, productOn } from './product.ts'
import { type NativeProduct, nativeProduct, type Opened, openWasm, type Variant } from './wasm.ts'

/**
 * Matrix products by the system's BLAS, called through koffi. Both are optional: without one of them there is a reason
 * instead of kernels. The library reads and writes the arrays where they lie, on the heap or not. Large products are shared among
 * the threads of our own pool, each of which calls the library for its part: for the sizes of small nets that is faster than the
 * threads of OpenBLAS, and the other kernels use the same threads.
 */

type Native = (...values: unknown[]) => unknown
type Library = { readonly func: (prototype: string) => Native }
type Koffi = {
  readonly load: (path: string) => Library
  readonly address: (view: ArrayBufferView) => bigint
  /** Where threads find it. */
  readonly path: string
}
type Blas = {
  readonly title: string
  readonly file: string
  readonly koffi: Koffi
  readonly sgemm: Native
  readonly setThreads: Native | undefined
}

const loadKoffi = (): E.Either<string, Koffi> => {
  const require = builtin('node:module')?.createRequire(import.meta.url)
  if (require === undefined) return E.left('koffi is not installed')
  try {
    return E.right({ ...(require('koffi') as Omit<Koffi, 'path'>), path: require.resolve('koffi') })
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
  const named = variable('CACHEGRAD_BLAS_LIBRARY')
  return named === undefined ? (namesOn[platform() ?? ''] ?? ['libopenblas.so.0', 'libopenblas.so']) : [named]
}

// Addresses as numbers, which a part of a product can be given by.
const SGEMM =
  'void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, uintptr_t a, int lda, ' +
  'uintptr_t b, int ldb, float beta, uintptr_t c, int ldc)'

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
      file,
      koffi,
      sgemm: library.func(SGEMM),
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

// A part of a product has at least so many multiplications. Measured on two cores of an EPYC 9004 with OpenBLAS 0.3.21,
// time of one thread, of two threads of OpenBLAS and of two of ours: 100×784·784×50 99, 105, 68 µs; 784×100·100×50 100,
// 106, 65 µs; 3072×128·128×512 5.8, 3.2, 2.9 ms; 512³ 3.6, 2.2, 2.1 ms.
// The library's tiles have 16 columns and 4 rows of a row-major product.
const cut: Cut = { rows: 4, columns: 16, grain: 500_000 }

const nativeOf = ({ koffi, file, sgemm }: Blas): NativeProduct => ({
  blas: { koffi: koffi.path, file, prototype: SGEMM },
  call: sgemm as Call,
  baseOf: (memory) => Number(koffi.address(new Uint8Array(memory.buffer, 0, 1))),
})

/** The kernels of a wasm variant with the products of a library, which the threads of their pool call. */
const bind = ({ title, koffi, setThreads }: Blas, { kernels, pool, memory }: Opened): Kernels => {
  // Without a way to switch its own threads off the library keeps them, and ours would only be in their way.
  const sharing = setThreads !== undefined
  setThreads?.(1)

  const base = Number(koffi.address(new Uint8Array(memory.buffer, 0, 1)))
  const addressOf = (array: Floats): number =>
    isOnHeap(array) ? base + array.byteOffset : Number(koffi.address(array))

  const run = productOn(
    pool,
    nativeProduct,
    sharing ? cut : { ...cut, grain: Number.POSITIVE_INFINITY },
    ({ transA, transB, m, n, k }, rows, columns, a, b, c) => {
      const [opA, lda] = transA ? [TRANS, m] : [NO_TRANS, k]
      const [opB, ldb] = transB ? [TRANS, k] : [NO_TRANS, n]
      return [ROW_MAJOR, opA, opB, rows, columns, k, 1, a, lda, b, ldb, 0, c, n]
    },
  )
  const matmul: Kernels['matmul'] = (transA, transB, m, n, k, a, b, out) => {
    if (m === 0 || n === 0) return
    if (k === 0) out.fill(0)
    else run({ transA, transB, m, n, k, a: addressOf(a), b: addressOf(b), out: addressOf(out) })
  }

  const count = sharing ? (pool.threads === 1 ? ', 1 thread' : `, up to ${pool.threads} threads`) : ''
  return { ...kernels, name: 'blas', description: `blas (${title}${count}; ${kernels.description})`, matmul }
}

const opened = new Map<string, Kernels>()

/**
 * The kernels of a wasm variant with matrix products by OpenBLAS or Accelerate. The variable
 * CACHEGRAD_BLAS_LIBRARY names another library with the CBLAS interface.
 *
 * @param variant  the kernels for everything else
 * @param threads  most threads of one kernel
 * @returns        the kernels, or why there are none
 */
export const loadBlas = (variant: Variant, threads: number): E.Either<string, Kernels> =>
  pipe(
    loadKoffi(),
    E.chain(findBlas),
    E.chain((blas) => {
      const id = `${blas.file}, ${variant}, ${threads}`
      const known = opened.get(id)
      if (known !== undefined) return E.right(known)
      return pipe(
        openWasm(variant, threads, nativeOf(blas)),
        E.map((wasm) => {
          const kernels = bind(blas, wasm)
          opened.set(id, kernels)
          return kernels
        }),
      )
    }),
  )
