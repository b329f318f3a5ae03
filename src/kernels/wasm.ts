import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type BoundKernel, bindKernel, staged } from './bind.ts'
import { strict } from './generated.ts'
import { isOnHeap, openHeap } from './heap.ts'
import { jsKernels } from './js.ts'
import type { Floats, Kernels } from './kernels.ts'
import type { Memory } from './ledger.ts'
import { messageOf } from './messageOf.ts'
import { moduleOf } from './module.ts'
import { ownConvolutions } from './ownConvolutions.ts'
import { pickRows } from './pickRows.ts'
import { type Call, openPool, type Pool, type Program } from './pool.ts'
import { type Cut, productOn } from './product.ts'
import { relaxedText } from './relaxed.ts'
import {
  type KernelName,
  kernelNames,
  loopNames,
  loopNumber,
  type Shared,
  type Signature,
  signatures,
} from './signatures.ts'
import { input, output, scratch } from './staging.ts'

/**
 * The float32 kernels in SIMD WebAssembly; their source is AssemblyScript, in `assembly/`. The strict module gives the
 * same bits on every machine; the relaxed one rounds a product and its sum once where the machine can.
 */

export type Variant = 'strict' | 'relaxed'
type Exports = Readonly<Record<string, Call>> & Readonly<Record<'scratchBytes' | 'writeConstants', Call>>

// Measured: smaller parts cost more to hand over than they save. Rows are those of a tile in assembly/matmul-tile.ts, so that a part
// wastes none of its work.
const cuts: Readonly<Record<Variant, Cut>> = {
  strict: { rows: 5, columns: 8, grain: 250_000 },
  relaxed: { rows: 6, columns: 8, grain: 250_000 },
}

export type WorkOf = (part: number) => number

/** The working memory of each part. */
const openWork = (wasm: Exports, parts: number): WorkOf => {
  const bytes = wasm.scratchBytes() as number
  const work = scratch(bytes * parts)
  return (part) => work + part * bytes
}

const matmulOn = (pool: Pool, cut: Cut, workOf: WorkOf): Kernels['matmul'] => {
  const run = productOn(
    pool,
    loopNumber('matmul'),
    cut,
    ({ transA, transB, m, n, k }, rows, columns, a, b, out, part) => {
      const [aStride, bStride] = [4 * (transA ? m : k), 4 * (transB ? k : n)]
      return [Number(transA), Number(transB), rows, columns, k, a, aStride, b, bStride, out, 4 * n, workOf(part), 0]
    },
  )
  return (transA, transB, m, n, k, a, b, out) => {
    const product = { transA, transB, m, n, k, a: input(a), b: input(b), out: output(out) }
    staged(() => run(product))
  }
}

/** gatherBytes or gatherImages, also of bytes that are not on the heap: then only a batch's rows are staged. */
const fromAnywhere =
  (kernel: BoundKernel) =>
  (bytes: Uint8Array, indices: Int32Array, mean: Floats, ...rest: (Floats | Int32Array | number)[]): void => {
    if (isOnHeap(bytes)) kernel(bytes, indices, mean, ...rest)
    else
      kernel(
        pickRows(bytes, indices, mean.length),
        indices.map((_, i) => i),
        mean,
        ...rest,
      )
  }

/** A kernel for each line of the table. */
const bindTable = (pool: Pool, workOf: WorkOf): Readonly<Record<KernelName, BoundKernel>> =>
  Object.fromEntries(
    kernelNames.flatMap((name) => {
      const signature: Signature = signatures[name]
      return signature[0] === 'own' ? [] : [[name, bindKernel(pool, loopNumber(name), signature as Shared, workOf)]]
    }),
  ) as Record<KernelName, BoundKernel>

const bind = (variant: Variant, pool: Pool, workOf: WorkOf): Kernels => {
  const bound = bindTable(pool, workOf)
  const threads = pool.threads === 1 ? '' : `, up to ${pool.threads} threads`
  return {
    ...(bound as unknown as Kernels),
    name: variant === 'strict' ? 'wasm-strict' : 'wasm',
    description: `wasm (${variant === 'strict' ? '' : 'relaxed '}SIMD${threads})`,
    matmul: matmulOn(pool, cuts[variant], workOf),
    ...ownConvolutions(pool, workOf),
    // What is read once need not be staged.
    allWithin: (x, limit) => (isOnHeap(x) ? bound.allWithin(x, limit) : jsKernels.allWithin(x, limit)),
    gatherFloats: (rows, indices, out) =>
      isOnHeap(rows) ? void bound.gatherFloats(rows, indices, out) : jsKernels.gatherFloats(rows, indices, out),
    gatherBytes: fromAnywhere(bound.gatherBytes),
    gatherImages: fromAnywhere(bound.gatherImages),
  }
}

const textOf = (variant: Variant): string => {
  const text = variant === 'strict' ? strict : relaxedText()
  if (text === undefined) throw new Error('a page has relaxed SIMD where it calls addRelaxed of cachegrad/relaxed')
  return text
}

/** A matrix product for the threads of a pool, and the same one for this thread; it sees the heap at `base`. */
export interface NativeProduct {
  readonly blas: Omit<NonNullable<Program['blas']>, 'base'>
  readonly call: Call
  readonly baseOf: (memory: Memory) => number
}

/** What an instance of the module imports: the heap, and a product of a BLAS if there is one. */
export const importsOf = (memory: Memory, native?: NativeProduct) => ({
  env: { memory, product: native?.call ?? (() => {}), base: native?.baseOf(memory) ?? 0, thread: 0 },
})

/** The kernels of one variant, and the threads that share their work. */
export interface Opened {
  readonly kernels: Kernels
  readonly pool: Pool
  readonly memory: Memory
  readonly isShared: boolean
  /** The loops by their numbers in the pool. */
  readonly calls: Call[]
  readonly workOf: WorkOf
}

const openings = new WeakMap<Kernels, Opened>()

/** What kernels run on; undefined for plain loops. */
export const openedAs = (kernels: Kernels): Opened | undefined => openings.get(kernels)

/**
 * Opens the kernels of one variant. A left says why this engine does not have them.
 *
 * @param threads  most threads of one kernel
 * @param native   kernel number `nativeProduct` of the pool, where a BLAS takes part
 */
export const openWasm = (variant: Variant, threads: number, native?: NativeProduct): E.Either<string, Opened> =>
  pipe(
    openHeap(),
    E.chain(({ memory, isShared }) =>
      E.tryCatch(() => {
        const module = moduleOf(textOf(variant), isShared)
        const imports = importsOf(memory, native)
        const wasm = new WebAssembly.Instance(module, imports).exports as unknown as Exports
        const own = loopNames.map((name) => wasm[name] as Call)
        const calls = [...own, imports.env.product]
        const blas = native && { ...native.blas, base: imports.env.base }
        const program = { memory, module, names: loopNames, blas }
        const pool = openPool(isShared ? threads : 1, program, calls)
        wasm.writeConstants()
        const workOf = openWork(wasm, pool.threads)
        const opened = { kernels: bind(variant, pool, workOf), pool, memory, isShared, calls, workOf }
        openings.set(opened.kernels, opened)
        return opened
      }, messageOf),
    ),
  )

/** The number of a BLAS's product among the kernels of a pool. */
export const nativeProduct = loopNames.length

const opened = new Map<string, Kernels>()

/** The kernels of one variant for a number of threads, opened at the first call, or why this engine does not have them. */
export const wasmKernels = (variant: Variant, threads = 1): E.Either<string, Kernels> => {
  const id = `${variant}, ${threads}`
  const known = opened.get(id)
  if (known !== undefined) return E.right(known)
  return pipe(
    openWasm(variant, threads),
    E.map(({ kernels }) => {
      opened.set(id, kernels)
      return kernels
    }),
  )
}
