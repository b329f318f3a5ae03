import { isOnHeap, memory } from './heap.ts'
import { jsKernels } from './js.ts'
import type { Kernels } from './kernels.ts'
import { done, input, output, scratch } from './staging.ts'
import { relaxed, strict } from './wasm-binary.ts'

/**
 * The float32 kernels in SIMD WebAssembly; their source is AssemblyScript, in `assembly/`. The strict module gives the
 * same bits on every machine; the relaxed one rounds a product and its sum once where the machine can.
 */

type Variant = 'strict' | 'relaxed'
type KernelName = Exclude<keyof Kernels, 'name' | 'description'>
type Exports = Readonly<Record<KernelName | 'scratchBytes' | 'writeConstants', (...values: number[]) => number>>

/** The rows of a batch one after the other: what is staged of a data set that is not on the heap. */
const pickRows = (bytes: Uint8Array, indices: Int32Array, columns: number): Uint8Array => {
  const rows = new Uint8Array(indices.length * columns)
  indices.forEach((index, i) => {
    rows.set(bytes.subarray(index * columns, (index + 1) * columns), i * columns)
  })
  return rows
}

const bind = (wasm: Exports, name: Kernels['name'], description: string): Kernels => {
  wasm.writeConstants()
  const work = scratch(wasm.scratchBytes())

  const matmul: Kernels['matmul'] = (transA, transB, m, n, k, a, b, out) => {
    done(wasm.matmul(transA ? 1 : 0, transB ? 1 : 0, m, n, k, input(a), input(b), output(out), work))
  }

  const addBias: Kernels['addBias'] = (x, b, y) => {
    done(wasm.addBias(input(x), input(b), output(y), x.length / b.length, b.length))
  }

  const addBiasRelu: Kernels['addBiasRelu'] = (x, b, y) => {
    done(wasm.addBiasRelu(input(x), input(b), output(y), x.length / b.length, b.length))
  }

  const columnSums: Kernels['columnSums'] = (x, sums) => {
    const columns = sums.length
    done(wasm.columnSums(input(x), output(sums), x.length / columns, columns, work))
  }

  const reluForward: Kernels['reluForward'] = (x, y) => {
    done(wasm.reluForward(input(x), output(y), x.length))
  }

  const reluBackward: Kernels['reluBackward'] = (dy, x, dx) => {
    done(wasm.reluBackward(input(dy), input(x), output(dx), x.length))
  }

  const leakyReluForward: Kernels['leakyReluForward'] = (x, alpha, y) => {
    done(wasm.leakyReluForward(input(x), alpha, output(y), x.length))
  }

  const leakyReluBackward: Kernels['leakyReluBackward'] = (dy, x, alpha, dx) => {
    done(wasm.leakyReluBackward(input(dy), input(x), alpha, output(dx), x.length))
  }

  const sigmoidForward: Kernels['sigmoidForward'] = (x, y) => {
    done(wasm.sigmoidForward(input(x), output(y), x.length))
  }

  const sigmoidBackward: Kernels['sigmoidBackward'] = (dy, y, dx) => {
    done(wasm.sigmoidBackward(input(dy), input(y), output(dx), y.length))
  }

  const tanhForward: Kernels['tanhForward'] = (x, y) => {
    done(wasm.tanhForward(input(x), output(y), x.length))
  }

  const tanhBackward: Kernels['tanhBackward'] = (dy, y, dx) => {
    done(wasm.tanhBackward(input(dy), input(y), output(dx), y.length))
  }

  const geluForward: Kernels['geluForward'] = (x, y) => {
    done(wasm.geluForward(input(x), output(y), x.length))
  }

  const geluBackward: Kernels['geluBackward'] = (dy, x, dx) => {
    done(wasm.geluBackward(input(dy), input(x), output(dx), x.length))
  }

  const add: Kernels['add'] = (a, b, y) => {
    done(wasm.add(input(a), input(b), output(y), a.length))
  }

  const multiply: Kernels['multiply'] = (a, b, y) => {
    done(wasm.multiply(input(a), input(b), output(y), a.length))
  }

  const scale: Kernels['scale'] = (a, s, y) => {
    done(wasm.scale(input(a), s, output(y), a.length))
  }

  const addScaled: Kernels['addScaled'] = (a, s, b, y) => {
    done(wasm.addScaled(input(a), s, input(b), output(y), a.length))
  }

  const sumSquares: Kernels['sumSquares'] = (x) => done(wasm.sumSquares(input(x), x.length))

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
    done(
      wasm.batchnormForward(
        input(x),
        input(gamma),
        input(beta),
        eps,
        output(y),
        output(xHat),
        output(mean),
        output(variance),
        output(invStd),
        x.length / columns,
        columns,
        work,
      ),
    )
  }

  const batchnormBackward: Kernels['batchnormBackward'] = (dy, gamma, xHat, invStd, dx, dgamma, dbeta) => {
    const columns = gamma.length
    done(
      wasm.batchnormBackward(
        input(dy),
        input(gamma),
        input(xHat),
        input(invStd),
        output(dx),
        output(dgamma),
        output(dbeta),
        dy.length / columns,
        columns,
        work,
      ),
    )
  }

  const batchnormPredict: Kernels['batchnormPredict'] = (x, gamma, beta, mean, variance, eps, y) => {
    const columns = gamma.length
    done(
      wasm.batchnormPredict(
        input(x),
        input(gamma),
        input(beta),
        input(mean),
        input(variance),
        eps,
        output(y),
        x.length / columns,
        columns,
        work,
      ),
    )
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
    done(wasm.dropoutMask(key0, key1, Math.round(keepProb * 2 ** 32), 1 / keepProb, output(mask), mask.length))
  }

  const sgd: Kernels['sgd'] = (w, dw, learningRate, nextW) => {
    done(wasm.sgd(input(w), input(dw), learningRate, output(nextW), w.length))
  }

  const sgdMomentum: Kernels['sgdMomentum'] = (w, dw, v, learningRate, momentum, nextW, nextV) => {
    done(
      wasm.sgdMomentum(input(w), input(dw), input(v), learningRate, momentum, output(nextW), output(nextV), w.length),
    )
  }

  const nesterov: Kernels['nesterov'] = (w, dw, v, learningRate, momentum, nextW, nextV) => {
    done(wasm.nesterov(input(w), input(dw), input(v), learningRate, momentum, output(nextW), output(nextV), w.length))
  }

  const adagrad: Kernels['adagrad'] = (w, dw, c, learningRate, eps, nextW, nextC) => {
    done(wasm.adagrad(input(w), input(dw), input(c), learningRate, eps, output(nextW), output(nextC), w.length))
  }

  const rmsprop: Kernels['rmsprop'] = (w, dw, c, learningRate, decay, eps, nextW, nextC) => {
    done(wasm.rmsprop(input(w), input(dw), input(c), learningRate, decay, eps, output(nextW), output(nextC), w.length))
  }

  const adam: Kernels['adam'] = (w, dw, m, v, learningRate, beta1, beta2, eps, t, keep, nextW, nextM, nextV) => {
    done(
      wasm.adam(
        input(w),
        input(dw),
        input(m),
        input(v),
        learningRate,
        beta1,
        beta2,
        eps,
        t,
        keep,
        output(nextW),
        output(nextM),
        output(nextV),
        w.length,
      ),
    )
  }

  const gatherFloats: Kernels['gatherFloats'] = (rows, indices, out) => {
    // Copying is copying: no need to stage a data set for it.
    if (!isOnHeap(rows)) jsKernels.gatherFloats(rows, indices, out)
    else done(wasm.gatherFloats(input(rows), input(indices), output(out), indices.length, out.length / indices.length))
  }

  const gatherBytes: Kernels['gatherBytes'] = (bytes, indices, mean, factor, out) => {
    const columns = mean.length
    const count = indices.length
    const onHeap = isOnHeap(bytes)
    const rows = input(onHeap ? bytes : pickRows(bytes, indices, columns))
    const order = input(onHeap ? indices : Int32Array.from(indices, (_, i) => i))
    done(wasm.gatherBytes(rows, order, input(mean), input(factor), output(out), count, columns))
  }

  return {
    name,
    description,
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
  }
}

const decode = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))

const load = (base64: string, name: Kernels['name'], description: string): Kernels => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(decode(base64)), { env: { memory } })
  return bind(exports as Exports, name, description)
}

let supported: boolean | undefined

/** Whether this engine knows relaxed SIMD: Node from 22 on, current browsers. */
export const relaxedSupported = (): boolean => {
  supported ??= WebAssembly.validate(decode(relaxed))
  return supported
}

const loaded: Partial<Record<Variant, Kernels>> = {}

/** The kernels of one variant, compiled at the first call. `relaxed` throws where `relaxedSupported` says no. */
export const wasmKernels = (variant: Variant): Kernels => {
  const kernels =
    loaded[variant] ??
    (variant === 'strict' ? load(strict, 'wasm-strict', 'wasm (SIMD)') : load(relaxed, 'wasm', 'wasm (relaxed SIMD)'))
  loaded[variant] = kernels
  return kernels
}
