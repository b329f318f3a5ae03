import { relaxed, strict } from './generated.ts'
import { allocate, isOnHeap, memory } from './heap.ts'
import { jsKernels } from './js.ts'
import type { Floats, Kernels } from './kernels.ts'
import { pickRows } from './pickRows.ts'
import { type ArgumentsOf, type Call, openPool, type Pool, type Program, shareOut } from './pool.ts'
import { discard, done, input, output, scratch } from './staging.ts'

/**
 * The float32 kernels in SIMD WebAssembly; their source is AssemblyScript, in `assembly/`. The strict module gives the
 * same bits on every machine; the relaxed one rounds a product and its sum once where the machine can.
 */

export type Variant = 'strict' | 'relaxed'
type KernelName = Exclude<keyof Kernels, 'name' | 'description'>
type Exports = Readonly<
  Record<KernelName | 'scratchBytes' | 'writeConstants', (...values: (number | undefined)[]) => number>
>

/** The kernels that threads share. */
const parallelNames = [
  'matmul',
  'addBias',
  'addBiasRelu',
  'columnSums',
  'gatherBytes',
  'gatherImages',
  'dropoutMask',
  'reluForward',
  'reluBackward',
  'leakyReluForward',
  'leakyReluBackward',
  'sigmoidForward',
  'sigmoidBackward',
  'tanhForward',
  'tanhBackward',
  'geluForward',
  'geluBackward',
  'add',
  'multiply',
  'scale',
  'addScaled',
  'allFinite',
  'batchnormForward',
  'batchnormBackward',
  'batchnormPredict',
  'sgd',
  'sgdMomentum',
  'nesterov',
  'adagrad',
  'rmsprop',
  'adam',
] as const satisfies readonly KernelName[]

type ParallelName = (typeof parallelNames)[number]

const numberOf = Object.fromEntries(parallelNames.map((name, i) => [name, i])) as Readonly<Record<ParallelName, number>>

// Parts below these sizes cost more to hand over than they save: elements of an array, multiplications of a product.
const ELEMENTS = 24_000
const PRODUCTS = 250_000

/** Rows of a tile of `matmul`, as in assembly/matmul-tile.ts; a part of whole tiles wastes none of their work. */
const tileRows = { strict: 5, relaxed: 6 } as const
const TILE_COLUMNS = 8

const bind = (wasm: Exports, variant: Variant, pool: Pool): Kernels => {
  wasm.writeConstants()
  const workBytes = wasm.scratchBytes()
  const work = scratch(workBytes * pool.threads)
  const workOf = (part: number): number => work + part * workBytes
  const verdict = allocate('int32', 1)

  const share = (name: ParallelName, size: number, unit: number, grain: number, argumentsOf: ArgumentsOf): void => {
    try {
      shareOut(pool, numberOf[name], size, unit, grain, argumentsOf)
    } catch (reason) {
      discard()
      throw reason
    }
    done(0)
  }

  /** A kernel that takes addresses, numbers, addresses and a count, and treats all elements alike. */
  const each = (
    name: ParallelName,
    n: number,
    before: readonly number[],
    numbers: readonly number[],
    after: readonly number[],
  ): void => {
    share(name, n, 16, ELEMENTS, (from, count) => {
      const move = (address: number): number => address + 4 * from
      return [...before.map(move), ...numbers, ...after.map(move), count]
    })
  }

  /** A kernel of (x, b, y, rows, columns) with b added to each row. */
  const eachRow = (name: ParallelName, x: Floats, b: Floats, y: Floats): void => {
    const columns = b.length
    const [px, pb, py] = [input(x), input(b), output(y)]
    share(name, x.length / columns, 1, ELEMENTS / columns, (from, rows) => {
      const at = 4 * from * columns
      return [px + at, pb, py + at, rows, columns]
    })
  }

  const matmul: Kernels['matmul'] = (transA, transB, m, n, k, a, b, out) => {
    const [pa, pb, py] = [input(a), input(b), output(out)]
    const [aStride, bStride, stride] = [4 * (transA ? m : k), 4 * (transB ? k : n), 4 * n]
    // Along the longer side of out: the threads pack the operand of the other side each for itself.
    if (m >= n) {
      share('matmul', m, tileRows[variant], PRODUCTS / Math.max(1, n * k), (from, rows, part) => {
        const at = from * (transA ? 4 : aStride)
        return [+transA, +transB, rows, n, k, pa + at, aStride, pb, bStride, py + from * stride, stride, workOf(part)]
      })
    } else {
      share('matmul', n, TILE_COLUMNS, PRODUCTS / Math.max(1, m * k), (from, columns, part) => {
        const at = from * (transB ? bStride : 4)
        return [+transA, +transB, m, columns, k, pa, aStride, pb + at, bStride, py + 4 * from, stride, workOf(part)]
      })
    }
  }

  const addBias: Kernels['addBias'] = (x, b, y) => eachRow('addBias', x, b, y)
  const addBiasRelu: Kernels['addBiasRelu'] = (x, b, y) => eachRow('addBiasRelu', x, b, y)

  const columnSums: Kernels['columnSums'] = (x, sums) => {
    const columns = sums.length
    const rows = x.length / columns
    const [px, py] = [input(x), output(sums)]
    share('columnSums', columns, 16, ELEMENTS / rows, (from, count, part) => {
      return [px + 4 * from, py + 4 * from, rows, count, 4 * columns, workOf(part)]
    })
  }

  const reluForward: Kernels['reluForward'] = (x, y) => {
    each('reluForward', x.length, [input(x)], [], [output(y)])
  }

  const reluBackward: Kernels['reluBackward'] = (dy, x, dx) => {
    each('reluBackward', x.length, [input(dy), input(x)], [], [output(dx)])
  }

  const leakyReluForward: Kernels['leakyReluForward'] = (x, alpha, y) => {
    each('leakyReluForward', x.length, [input(x)], [alpha], [output(y)])
  }

  const leakyReluBackward: Kernels['leakyReluBackward'] = (dy, x, alpha, dx) => {
    each('leakyReluBackward', x.length, [input(dy), input(x)], [alpha], [output(dx)])
  }

  const sigmoidForward: Kernels['sigmoidForward'] = (x, y) => {
    each('sigmoidForward', x.length, [input(x)], [], [output(y)])
  }

  const sigmoidBackward: Kernels['sigmoidBackward'] = (dy, y, dx) => {
    each('sigmoidBackward', y.length, [input(dy), input(y)], [], [output(dx)])
  }

  const tanhForward: Kernels['tanhForward'] = (x, y) => {
    each('tanhForward', x.length, [input(x)], [], [output(y)])
  }

  const tanhBackward: Kernels['tanhBackward'] = (dy, y, dx) => {
    each('tanhBackward', y.length, [input(dy), input(y)], [], [output(dx)])
  }

  const geluForward: Kernels['geluForward'] = (x, y) => {
    each('geluForward', x.length, [input(x)], [], [output(y)])
  }

  const geluBackward: Kernels['geluBackward'] = (dy, x, dx) => {
    each('geluBackward', x.length, [input(dy), input(x)], [], [output(dx)])
  }

  const add: Kernels['add'] = (a, b, y) => {
    each('add', a.length, [input(a), input(b)], [], [output(y)])
  }

  const multiply: Kernels['multiply'] = (a, b, y) => {
    each('multiply', a.length, [input(a), input(b)], [], [output(y)])
  }

  const scale: Kernels['scale'] = (a, s, y) => {
    each('scale', a.length, [input(a)], [s], [output(y)])
  }

  const addScaled: Kernels['addScaled'] = (a, s, b, y) => {
    each('addScaled', a.length, [input(a)], [s], [input(b), output(y)])
  }

  const sumSquares: Kernels['sumSquares'] = (x) => done(wasm.sumSquares(input(x), x.length))

  const allFinite: Kernels['allFinite'] = (x) => {
    // No need to stage what is read once.
    if (!isOnHeap(x)) return jsKernels.allFinite(x)
    verdict[0] = 1
    share('allFinite', x.length, 16, ELEMENTS, (from, count) => [x.byteOffset + 4 * from, count, verdict.byteOffset])
    return verdict[0] === 1
  }

  const softmax: Kernels['softmax'] = (x, columns, y) => {
    done(wasm.softmax(input(x), output(y), x.length / columns, columns))
  }

  const softmaxLoss: Kernels['softmaxLoss'] = (x, labels, dx) => {
    const rows = labels.length
    return done(wasm.softmaxLoss(input(x), input(labels), output(dx), rows, x.length / rows))
  }

  const svmLoss: Kernels['svmLoss'] = (x, labels, dx) => {
    const rows = labels.length
    return done(wasm.svmLoss(input(x), input(labels), output(dx), rows, x.length / rows))
  }

  const batchnormForward: Kernels['batchnormForward'] = (x, gamma, beta, eps, y, xHat, mean, variance, invStd) => {
    const columns = gamma.length
    const rows = x.length / columns
    const before = [input(x), input(gamma), input(beta)]
    const after = [output(y), output(xHat), output(mean), output(variance), output(invStd)]
    share('batchnormForward', columns, 16, ELEMENTS / rows, (from, count, part) => {
      const move = (address: number): number => address + 4 * from
      return [...before.map(move), eps, ...after.map(move), rows, count, 4 * columns, workOf(part)]
    })
  }

  const batchnormBackward: Kernels['batchnormBackward'] = (dy, gamma, xHat, invStd, dx, dgamma, dbeta) => {
    const columns = gamma.length
    const rows = dy.length / columns
    const arrays = [input(dy), input(gamma), input(xHat), input(invStd), output(dx), output(dgamma), output(dbeta)]
    share('batchnormBackward', columns, 16, ELEMENTS / rows, (from, count, part) => {
      return [...arrays.map((address) => address + 4 * from), rows, count, 4 * columns, workOf(part)]
    })
  }

  const batchnormPredict: Kernels['batchnormPredict'] = (x, gamma, beta, mean, variance, eps, y) => {
    const columns = gamma.length
    const rows = x.length / columns
    const before = [input(x), input(gamma), input(beta), input(mean), input(variance)]
    const to = output(y)
    share('batchnormPredict', columns, 16, ELEMENTS / rows, (from, count, part) => {
      const moved = before.map((address) => address + 4 * from)
      return [...moved, eps, to + 4 * from, rows, count, 4 * columns, workOf(part)]
    })
  }

  const layernormForward: Kernels['layernormForward'] = (x, gamma, beta, eps, y, xHat, invStd) => {
    done(
      wasm.layernormForward(
        input(x),
        input(gamma),
        input(beta),
        eps,
        output(y),
        output(xHat),
        output(invStd),
        invStd.length,
        gamma.length,
      ),
    )
  }

  const layernormBackward: Kernels['layernormBackward'] = (dy, gamma, xHat, invStd, dx, dgamma, dbeta) => {
    const columns = gamma.length
    done(
      wasm.layernormBackward(
        input(dy),
        input(gamma),
        input(xHat),
        input(invStd),
        output(dx),
        output(dgamma),
        output(dbeta),
        invStd.length,
        columns,
        work,
      ),
    )
  }

  const dropoutMask: Kernels['dropoutMask'] = (key0, key1, keepProb, mask) => {
    const to = output(mask)
    const threshold = Math.round(keepProb * 2 ** 32)
    share('dropoutMask', mask.length, 32, ELEMENTS, (from, count) => {
      return [key0, key1, threshold, 1 / keepProb, to + 4 * from, count, from / 4]
    })
  }

  const sgd: Kernels['sgd'] = (w, dw, learningRate, nextW) => {
    each('sgd', w.length, [input(w), input(dw)], [learningRate], [output(nextW)])
  }

  const sgdMomentum: Kernels['sgdMomentum'] = (w, dw, v, learningRate, momentum, nextW, nextV) => {
    each(
      'sgdMomentum',
      w.length,
      [input(w), input(dw), input(v)],
      [learningRate, momentum],
      [output(nextW), output(nextV)],
    )
  }

  const nesterov: Kernels['nesterov'] = (w, dw, v, learningRate, momentum, nextW, nextV) => {
    each(
      'nesterov',
      w.length,
      [input(w), input(dw), input(v)],
      [learningRate, momentum],
      [output(nextW), output(nextV)],
    )
  }

  const adagrad: Kernels['adagrad'] = (w, dw, c, learningRate, eps, nextW, nextC) => {
    each('adagrad', w.length, [input(w), input(dw), input(c)], [learningRate, eps], [output(nextW), output(nextC)])
  }

  const rmsprop: Kernels['rmsprop'] = (w, dw, c, learningRate, decay, eps, nextW, nextC) => {
    each(
      'rmsprop',
      w.length,
      [input(w), input(dw), input(c)],
      [learningRate, decay, eps],
      [output(nextW), output(nextC)],
    )
  }

  const adam: Kernels['adam'] = (w, dw, m, v, learningRate, beta1, beta2, eps, t, keep, nextW, nextM, nextV) => {
    each(
      'adam',
      w.length,
      [input(w), input(dw), input(m), input(v)],
      [learningRate, beta1, beta2, eps, t, keep],
      [output(nextW), output(nextM), output(nextV)],
    )
  }

  const gatherFloats: Kernels['gatherFloats'] = (rows, indices, out) => {
    // Copying is copying: no need to stage a data set for it.
    if (!isOnHeap(rows)) jsKernels.gatherFloats(rows, indices, out)
    else done(wasm.gatherFloats(input(rows), input(indices), output(out), indices.length, out.length / indices.length))
  }

  /** A batch's rows where kernels reach them, and where each is: only these are staged of a data set that is not on the heap. */
  const rowsOf = (bytes: Uint8Array, indices: Int32Array, columns: number): readonly [rows: number, order: number] =>
    isOnHeap(bytes)
      ? [input(bytes), input(indices)]
      : [input(pickRows(bytes, indices, columns)), input(Int32Array.from(indices, (_, i) => i))]

  const gatherBytes: Kernels['gatherBytes'] = (bytes, indices, mean, factor, out) => {
    const columns = mean.length
    const [rows, order] = rowsOf(bytes, indices, columns)
    const [mu, scale, to] = [input(mean), input(factor), output(out)]
    share('gatherBytes', indices.length, 1, ELEMENTS / columns, (from, count) => {
      return [rows, order + 4 * from, mu, scale, to + 4 * from * columns, count, columns]
    })
  }

  const gatherImages: Kernels['gatherImages'] = (bytes, indices, mean, factor, moves, height, width, out) => {
    const columns = mean.length
    const [rows, order] = rowsOf(bytes, indices, columns)
    const [mu, scale, where, to] = [input(mean), input(factor), input(moves), output(out)]
    share('gatherImages', indices.length, 1, ELEMENTS / columns, (from, count) => {
      const at = to + 4 * from * columns
      return [rows, order + 4 * from, mu, scale, where + 12 * from, at, count, columns, height, width]
    })
  }

  const threads = pool.threads === 1 ? '' : `, up to ${pool.threads} threads`
  return {
    name: variant === 'strict' ? 'wasm-strict' : 'wasm',
    description: `wasm (${variant === 'strict' ? '' : 'relaxed '}SIMD${threads})`,
    matmul,
    addBias,
    addBiasRelu,
    columnSums,
    reluForward,
    reluBackward,
    leakyReluForward,
    leakyReluBackward,
    sigmoidForward,
    sigmoidBackward,
    tanhForward,
    tanhBackward,
    geluForward,
    geluBackward,
    add,
    multiply,
    scale,
    addScaled,
    sumSquares,
    allFinite,
    softmax,
    softmaxLoss,
    svmLoss,
    batchnormForward,
    batchnormBackward,
    batchnormPredict,
    layernormForward,
    layernormBackward,
    dropoutMask,
    sgd,
    sgdMomentum,
    nesterov,
    adagrad,
    rmsprop,
    adam,
    gatherFloats,
    gatherBytes,
    gatherImages,
  }
}

const decode = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))

const compiled: Partial<Record<Variant, WebAssembly.Module>> = {}

const moduleOf = (variant: Variant): WebAssembly.Module => {
  compiled[variant] ??= new WebAssembly.Module(decode(variant === 'strict' ? strict : relaxed))
  return compiled[variant]
}

let supported: boolean | undefined

/** Whether this engine knows relaxed SIMD: Node from 22 on, current browsers. */
export const relaxedSupported = (): boolean => {
  supported ??= WebAssembly.validate(decode(relaxed))
  return supported
}

/** A matrix product for the threads of a pool, and the same one for this thread. */
export interface NativeProduct {
  readonly blas: NonNullable<Program['blas']>
  readonly call: Call
}

/**
 * The kernels of one variant, and the threads that share their work. `relaxed` throws where `relaxedSupported` says no.
 *
 * @param threads  most threads of one kernel
 * @param native   kernel number `nativeProduct` of the pool, where a BLAS takes part
 */
export const openWasm = (variant: Variant, threads: number, native?: NativeProduct): readonly [Kernels, Pool] => {
  const module = moduleOf(variant)
  const wasm = new WebAssembly.Instance(module, { env: { memory } }).exports as Exports
  const own: readonly Call[] = parallelNames.map((name) => wasm[name])
  const calls = native === undefined ? own : [...own, native.call]
  const pool = openPool(threads, { module, names: parallelNames, blas: native?.blas }, calls)
  return [bind(wasm, variant, pool), pool]
}

/** The number of a BLAS's product among the kernels of a pool. */
export const nativeProduct = parallelNames.length

const opened = new Map<string, Kernels>()

/** The kernels of one variant for a number of threads, opened at the first call. */
export const wasmKernels = (variant: Variant, threads = 1): Kernels => {
  const id = `${variant}, ${threads}`
  const kernels = opened.get(id) ?? openWasm(variant, threads)[0]
  opened.set(id, kernels)
  return kernels
}
