import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Workload } from './workloads.ts'

/** A way to do a workload: a program that speaks the protocol of a peer (README.md). */
export interface Contestant {
  /** Rows of the table; contestants that differ only in their threads share one, and the better counts. */
  readonly group: string
  readonly threads?: number
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly fits: (workload: Workload) => boolean
}

// The most is as many as cachegrad takes by itself.
const threadCounts: readonly number[] = [...new Set([1, 2, Math.min(8, availableParallelism())])]

const peer = (file: string): string => fileURLToPath(new URL(`peers/${file}`, import.meta.url))

const here = resolve(import.meta.dirname, '..')

export const isConvolution = (workload: Workload): boolean => workload.convolution !== undefined
export const isNet = (workload: Workload): boolean => workload.square === undefined && !isConvolution(workload)
const isOfRows = (workload: Workload): boolean => isNet(workload) && workload.layers === undefined
const isOfImages = (workload: Workload): boolean => workload.layers !== undefined || isConvolution(workload)
const isTraining = (workload: Workload): boolean => isOfRows(workload) && !workload.evaluate
const isSquare = (workload: Workload): boolean => workload.square !== undefined

/** The first Python that can import the module. */
const pythonWith = (module: string): string =>
  ['python3', '/usr/bin/python3'].find((python) => spawnSync(python, ['-c', `import ${module}`]).status === 0) ??
  'python3'

export const backends = ['blas', 'wasm', 'wasm-strict', 'js'] as const

/** The package as it is built, here or in another folder. */
export const cachegrad = (backend: string, folder = here): Contestant => ({
  group: `cachegrad ${backend}`,
  command: [process.execPath, peer('cachegrad.mjs')],
  env: { CACHEGRAD_BACKEND: backend, BENCH_PACKAGE: folder },
  // The plain loops would need a minute to evaluate once.
  fits: backend === 'js' ? isTraining : isNet,
})

const own = (group: string, file: string, fits: Contestant['fits']) =>
  backends.map(
    (name): Contestant => ({
      group: `${group} ${name}`,
      command: [process.execPath, peer(file)],
      env: { CACHEGRAD_BACKEND: name },
      fits,
    }),
  )

const python = (
  group: string,
  file: string,
  module: string,
  fits: Contestant['fits'] = isOfRows,
  env: Contestant['env'] = {},
): readonly Contestant[] => {
  const command = [pythonWith(module), peer(file)]
  return threadCounts.map((threads) => ({
    group,
    threads,
    command,
    env: { ...env, BENCH_THREADS: String(threads) },
    fits,
  }))
}

const javascript = (group: string, file: string, fits: Contestant['fits'] = isOfRows): Contestant => ({
  group,
  command: [process.execPath, peer(file)],
  env: {},
  fits,
})

export const contestants: readonly Contestant[] = [
  ...backends.map((backend) => cachegrad(backend)),
  ...own('cachegrad', 'convolution.mjs', isConvolution).slice(0, 3),
  ...own('products alone,', 'matmuls.mjs', isOfRows).slice(0, 2),
  ...threadCounts.map(
    (threads): Contestant => ({
      group: 'products alone, OpenBLAS with its own threads',
      threads,
      command: [process.execPath, peer('matmuls.mjs')],
      env: { BENCH_THREADS: String(threads) },
      fits: isOfRows,
    }),
  ),
  ...own('product,', 'product.mjs', isSquare).map((contestant) => ({
    ...contestant,
    env: { ...contestant.env, CACHEGRAD_THREADS: '1' },
  })),
  ...python('PyTorch', 'torch_peer.py', 'torch'),
  ...['contiguous', 'channels_last'].flatMap((format) =>
    python('PyTorch', 'torch_peer.py', 'torch', isOfImages, { BENCH_FORMAT: format }),
  ),
  ...python('NumPy, careful float32', 'numpy_careful.py', 'numpy'),
  ...python("NumPy, the book's way", 'numpy_book.py', 'numpy'),
  javascript('TensorFlow.js wasm', 'tfjs.mjs'),
  javascript('TensorFlow.js wasm', 'tfjs-images.mjs', isOfImages),
  javascript('jax-js wasm', 'jax.mjs'),
  javascript('brain.js', 'brain.mjs'),
]
