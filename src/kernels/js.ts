import { type ImageKernel, imageLoops } from './imageLoops.ts'
import type { Floats, Kernels } from './kernels.ts'
import { philox4x32 } from './philox.ts'

// Bound once: where tests have a realm of their own (Jest), each look-up of a global costs microseconds.
const { abs, ceil, exp, floor, fround, log, log1p, max, round, sqrt, tanh } = Math
const isNumber = Number.isFinite

// Every index below is inside its array by construction, which noUncheckedIndexedAccess cannot see; hence the `as number`s.

const GELU_SCALE = sqrt(2 / Math.PI)
const GELU_CUBIC = 0.044715

/** sums[j] += Σ over p of a[from + p·stride]·b[p, j], four rows of b at a time so that sums is loaded and stored less often. */
const accumulateRow = (
  k: number,
  n: number,
  a: Floats,
  from: number,
  stride: number,
  b: Floats,
  sums: Float64Array,
) => {
  let p = 0
  for (; p + 4 <= k; p += 4) {
    const f0 = a[from + p * stride] as number
    const f1 = a[from + (p + 1) * stride] as number
    const f2 = a[from + (p + 2) * stride] as number
    const f3 = a[from + (p + 3) * stride] as number
    const b0 = p * n
    const b1 = b0 + n
    const b2 = b1 + n
    const b3 = b2 + n
    for (let j = 0; j < n; j++) {
      sums[j] =
        (sums[j] as number) +
        f0 * (b[b0 + j] as number) +
        f1 * (b[b1 + j] as number) +
        f2 * (b[b2 + j] as number) +
        f3 * (b[b3 + j] as number)
    }
  }
  for (; p < k; p++) {
    const factor = a[from + p * stride] as number
    for (let j = 0; j < n; j++) sums[j] = (sums[j] as number) + factor * (b[p * n + j] as number)
  }
}

/** Σ over p of a[from + p·stride]·b[at + p], in four sums, since one would wait for its own last addition. */
const dot = (k: number, a: Floats, from: number, stride: number, b: Floats, at: number): number => {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let p = 0
  for (; p + 4 <= k; p += 4) {
    const i = from + p * stride
    s0 += (a[i] as number) * (b[at + p] as number)
    s1 += (a[i + stride] as number) * (b[at + p + 1] as number)
    s2 += (a[i + 2 * stride] as number) * (b[at + p + 2] as number)
    s3 += (a[i + 3 * stride] as number) * (b[at + p + 3] as number)
  }
  for (; p < k; p++) s0 += (a[from + p * stride] as number) * (b[at + p] as number)
  return s0 + s1 + s2 + s3
}

/** y = a + s·b */
const addScaled: Kernels['addScaled'] = (a, s, b, y) => {
  for (let i = 0; i < a.length; i++) y[i] = (a[i] as number) + s * (b[i] as number)
}

/** y = v where x > 0, else alpha·v */
const leaky = (v: Floats, x: Floats, alpha: number, y: Floats): void => {
  for (let i = 0; i < x.length; i++) y[i] = (x[i] as number) > 0 ? (v[i] as number) : alpha * (v[i] as number)
}

/** The largest of x[from … to − 1]; a NaN among them is the answer, as max has it. */
const largest = (x: Floats, from: number, to: number): number => {
  let peak = Number.NEGATIVE_INFINITY
  for (let i = from; i < to; i++) peak = max(peak, x[i] as number)
  return peak
}

/** Mean and biased variance of blocks of `inner` elements, `stride` apart, from x[from] on and before `to`. */
const momentsOf = (
  x: Floats,
  from: number,
  to: number,
  stride: number,
  inner: number,
): [mean: number, variance: number] => {
  const count = ceil((to - from) / stride) * inner
  let sum = 0
  for (let block = from; block < to; block += stride) {
    for (let i = block; i < block + inner; i++) sum += x[i] as number
  }
  const mean = sum / count
  let squares = 0
  for (let block = from; block < to; block += stride) {
    for (let i = block; i < block + inner; i++) squares += ((x[i] as number) - mean) ** 2
  }
  return [mean, squares / count]
}

/** The rounding of arithmetic in the precision of an array. */
const roundingOf = (x: Floats): ((value: number) => number) => (x instanceof Float32Array ? fround : (value) => value)

/** nextC = keep·c + take·dw²; nextW = w − learningRate·dw/(√nextC + eps) */
const dividedByRoot = (
  w: Floats,
  dw: Floats,
  c: Floats,
  learningRate: number,
  keep: number,
  take: number,
  eps: number,
  nextW: Floats,
  nextC: Floats,
): number => {
  const r = roundingOf(w)
  const [rate, kept, taken, least] = [r(-learningRate), r(keep), r(take), r(eps)]
  let finite = true
  for (let i = 0; i < w.length; i++) {
    const g = dw[i] as number
    const next = r(r(kept * (c[i] as number)) + r(taken * r(g * g)))
    const moved = r((w[i] as number) + r(r(rate * g) / r(r(sqrt(next)) + least)))
    nextC[i] = next
    nextW[i] = moved
    finite &&= isNumber(next) && isNumber(moved)
  }
  return Number(finite)
}

/** The place inside of a line of `size` that lies as far from its edge as `at` does outside; the edge itself comes once. */
const reflected = (at: number, size: number): number => {
  if (size === 1) return 0
  const period = 2 * (size - 1)
  const place = ((at % period) + period) % period
  return place < size ? place : period - place
}

/** The reference: one plain loop a kernel, in either precision, with sums in float64. */
const loops: Omit<Kernels, Fused | ImageKernel> = {
  name: 'js',
  description: 'js',

  // Products.
  matmul: (transA, transB, m, n, k, a, b, out) => {
    // A row of sums in float64, so that float32 results are rounded once.
    const sums = new Float64Array(n)
    const stride = transA ? m : 1
    for (let i = 0; i < m; i++) {
      const from = transA ? i : i * k
      if (transB) for (let j = 0; j < n; j++) sums[j] = dot(k, a, from, stride, b, j * k)
      else accumulateRow(k, n, a, from, stride, b, sums.fill(0))
      out.set(sums, i * n)
    }
  },

  // Elementwise.
  add: (a, b, y) => {
    for (let i = 0; i < a.length; i++) y[i] = (a[i] as number) + (b[i] as number)
  },

  multiply: (a, b, y) => {
    for (let i = 0; i < a.length; i++) y[i] = (a[i] as number) * (b[i] as number)
  },

  scale: (a, s, y) => {
    for (let i = 0; i < a.length; i++) y[i] = s * (a[i] as number)
  },

  addScaled,

  reluForward: (x, y) => {
    for (let i = 0; i < x.length; i++) y[i] = max(x[i] as number, 0)
  },

  reluBackward: (dy, x, dx) => {
    for (let i = 0; i < x.length; i++) dx[i] = (x[i] as number) > 0 ? (dy[i] as number) : 0
  },

  leakyReluForward: (x, alpha, y) => leaky(x, x, alpha, y),
  leakyReluBackward: leaky,

  sigmoidForward: (x, y) => {
    for (let i = 0; i < x.length; i++) y[i] = 1 / (1 + exp(-(x[i] as number)))
  },

  sigmoidBackward: (dy, y, dx) => {
    for (let i = 0; i < y.length; i++) {
      const v = y[i] as number
      dx[i] = (dy[i] as number) * v * (1 - v)
    }
  },

  tanhForward: (x, y) => {
    for (let i = 0; i < x.length; i++) y[i] = tanh(x[i] as number)
  },

  tanhBackward: (dy, y, dx) => {
    for (let i = 0; i < y.length; i++) {
      const v = y[i] as number
      dx[i] = (dy[i] as number) * (1 - v * v)
    }
  },

  geluForward: (x, y) => {
    for (let i = 0; i < x.length; i++) {
      const v = x[i] as number
      y[i] = 0.5 * v * (1 + tanh(GELU_SCALE * (v + GELU_CUBIC * v * v * v)))
    }
  },

  geluBackward: (dy, x, dx) => {
    for (let i = 0; i < x.length; i++) {
      const v = x[i] as number
      const t = tanh(GELU_SCALE * (v + GELU_CUBIC * v * v * v))
      // 1 − t² is exactly 0 far out, where the inner derivative may overflow.
      const slope = t * t === 1 ? 0 : (1 - t * t) * GELU_SCALE * (1 + 3 * GELU_CUBIC * v * v)
      dx[i] = (dy[i] as number) * (0.5 * (1 + t) + 0.5 * v * slope)
    }
  },

  dropoutMask: (key0, key1, keepProb, mask) => {
    const threshold = round(keepProb * 2 ** 32)
    const kept = 1 / keepProb
    const words = new Uint32Array(4)
    for (let i = 0; i < mask.length; i++) {
      if (i % 4 === 0) philox4x32(i / 4, 0, 0, 0, key0, key1, words)
      mask[i] = (words[i % 4] as number) < threshold ? kept : 0
    }
  },

  allWithin: (x, limit) => {
    for (let i = 0; i < x.length; i++) if (!(abs(x[i] as number) <= limit)) return 0
    return 1
  },

  sumSquares: (x) => {
    let sum = 0
    for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (x[i] as number)
    return sum
  },

  maeLoss: (x, y, dx) => {
    const n = x.length
    let loss = 0
    for (let i = 0; i < n; i++) {
      const d = (x[i] as number) - (y[i] as number)
      loss += abs(d)
      // d itself where it is 0 or NaN.
      dx[i] = (d > 0 ? 1 : d < 0 ? -1 : d) / n
    }
    return loss / n
  },

  huberLoss: (x, y, delta, dx) => {
    const n = x.length
    let loss = 0
    for (let i = 0; i < n; i++) {
      const d = (x[i] as number) - (y[i] as number)
      const size = abs(d)
      const isFar = size > delta
      loss += isFar ? delta * (size - 0.5 * delta) : 0.5 * d * d
      dx[i] = (isFar ? (d > 0 ? delta : -delta) : d) / n
    }
    return loss / n
  },

  logisticLoss: (x, t, dx) => {
    const n = x.length
    let loss = 0
    for (let i = 0; i < n; i++) {
      const [score, target] = [x[i] as number, t[i] as number]
      const e = exp(-abs(score))
      loss += max(score, 0) - score * target + log1p(e)
      // sigmoid(x) − t without its cancellation where it is confident and right.
      dx[i] = (score > 0 ? 1 - target - target * e : (1 - target) * e - target) / (1 + e) / n
    }
    return loss / n
  },

  // Rows.
  addBias: (x, b, y) => {
    const columns = b.length
    for (let i = 0; i < x.length; i++) y[i] = (x[i] as number) + (b[i % columns] as number)
  },

  addBiasRelu: (x, b, y) => {
    const columns = b.length
    for (let i = 0; i < x.length; i++) {
      const v = (x[i] as number) + (b[i % columns] as number)
      y[i] = max(v, 0)
    }
  },

  addChannelBias: (x, b, inner, y) => {
    const columns = b.length
    for (let plane = 0, i = 0; i < x.length; plane++) {
      const shift = b[plane % columns] as number
      for (const end = i + inner; i < end; i++) y[i] = (x[i] as number) + shift
    }
  },

  columnSums: (x, inner, sums) => {
    const columns = sums.length
    const total = new Float64Array(columns)
    for (let i = 0; i < x.length; ) {
      for (let j = 0; j < columns; j++) {
        let sum = total[j] as number
        for (const end = i + inner; i < end; i++) sum += x[i] as number
        total[j] = sum
      }
    }
    sums.set(total)
  },

  softmax: (x, columns, y) => {
    for (let i = 0; i < x.length; i += columns) {
      const peak = largest(x, i, i + columns)
      let sum = 0
      for (let j = i; j < i + columns; j++) sum += exp((x[j] as number) - peak)
      for (let j = i; j < i + columns; j++) y[j] = exp((x[j] as number) - peak) / sum
    }
  },

  softmaxLoss: (x, labels, dx) => {
    const rows = labels.length
    const columns = x.length / rows
    let loss = 0
    for (let row = 0; row < rows; row++) {
      const from = row * columns
      const peak = largest(x, from, from + columns)
      let sum = 0
      for (let j = from; j < from + columns; j++) sum += exp((x[j] as number) - peak)
      for (let j = from; j < from + columns; j++) dx[j] = exp((x[j] as number) - peak) / sum / rows
      const correct = from + (labels[row] as number)
      // Not −log(p): p underflows to 0 for a confident mistake. The gradient is taken anew for the same reason: p − 1 in full precision.
      loss += log(sum) + (peak - (x[correct] as number))
      dx[correct] = (exp((x[correct] as number) - peak) / sum - 1) / rows
    }
    return loss / rows
  },

  svmLoss: (x, labels, dx) => {
    const rows = labels.length
    const columns = x.length / rows
    let loss = 0
    for (let row = 0; row < rows; row++) {
      const from = row * columns
      const correct = from + (labels[row] as number)
      let violations = 0
      for (let j = from; j < from + columns; j++) {
        if (j === correct) continue
        const margin = (x[j] as number) - (x[correct] as number) + 1
        const violated = !(margin <= 0)
        if (violated) {
          loss += margin
          violations++
        }
        dx[j] = violated ? 1 / rows : 0
      }
      dx[correct] = -violations / rows
    }
    return loss / rows
  },

  softTargetLoss: (x, t, columns, total, dx) => {
    let loss = 0
    for (let from = 0; from < x.length; from += columns) {
      const end = from + columns
      const peak = largest(x, from, end)
      let sum = 0
      let weight = 0
      for (let j = from; j < end; j++) {
        sum += exp((x[j] as number) - peak)
        weight += t[j] as number
      }
      const logSum = log(sum)
      for (let j = from; j < end; j++) {
        const shifted = (x[j] as number) - peak
        loss += (t[j] as number) * (logSum - shifted)
        dx[j] = ((weight * exp(shifted)) / sum - (t[j] as number)) / total
      }
    }
    return loss / total
  },

  batchnormForward: (x, gamma, beta, inner, eps, y, xHat, mean, variance, invStd) => {
    const columns = gamma.length
    const stride = columns * inner
    for (let j = 0; j < columns; j++) {
      const [mu, sigma2] = momentsOf(x, j * inner, x.length, stride, inner)
      const inv = 1 / sqrt(sigma2 + eps)
      for (let block = j * inner; block < x.length; block += stride) {
        for (let i = block; i < block + inner; i++) {
          xHat[i] = ((x[i] as number) - mu) * inv
          // As it is kept: batchnormGeluBackward makes y again from it.
          y[i] = (gamma[j] as number) * (xHat[i] as number) + (beta[j] as number)
        }
      }
      mean[j] = mu
      variance[j] = sigma2
      invStd[j] = inv
    }
  },

  batchnormBackward: (dy, gamma, xHat, invStd, inner, dx, dgamma, dbeta) => {
    const columns = gamma.length
    const stride = columns * inner
    const count = dy.length / columns
    for (let j = 0; j < columns; j++) {
      let sum = 0
      let product = 0
      for (let block = j * inner; block < dy.length; block += stride) {
        for (let i = block; i < block + inner; i++) {
          sum += dy[i] as number
          product += (dy[i] as number) * (xHat[i] as number)
        }
      }
      const factor = ((gamma[j] as number) * (invStd[j] as number)) / count
      for (let block = j * inner; block < dy.length; block += stride) {
        for (let i = block; i < block + inner; i++) {
          dx[i] = factor * (count * (dy[i] as number) - sum - (xHat[i] as number) * product)
        }
      }
      dbeta[j] = sum
      dgamma[j] = product
    }
  },

  batchnormPredict: (x, gamma, beta, mean, variance, inner, eps, y) => {
    const columns = gamma.length
    for (let j = 0; j < columns; j++) {
      const inv = 1 / sqrt((variance[j] as number) + eps)
      for (let block = j * inner; block < x.length; block += columns * inner) {
        for (let i = block; i < block + inner; i++) {
          y[i] = (gamma[j] as number) * (((x[i] as number) - (mean[j] as number)) * inv) + (beta[j] as number)
        }
      }
    }
  },

  layernormForward: (x, gamma, beta, eps, y, xHat, invStd) => {
    const columns = gamma.length
    for (let row = 0; row < invStd.length; row++) {
      const from = row * columns
      const [mu, sigma2] = momentsOf(x, from, from + columns, columns, columns)
      const inv = 1 / sqrt(sigma2 + eps)
      for (let j = 0; j < columns; j++) {
        const normalized = ((x[from + j] as number) - mu) * inv
        xHat[from + j] = normalized
        y[from + j] = (gamma[j] as number) * normalized + (beta[j] as number)
      }
      invStd[row] = inv
    }
  },

  layernormBackward: (dy, gamma, xHat, invStd, dx, dgamma, dbeta) => {
    const columns = gamma.length
    const dgammaSum = new Float64Array(columns)
    const dbetaSum = new Float64Array(columns)
    for (let row = 0; row < invStd.length; row++) {
      const from = row * columns
      let sum = 0
      let product = 0
      for (let j = 0; j < columns; j++) {
        const d = dy[from + j] as number
        const hat = xHat[from + j] as number
        dbetaSum[j] = (dbetaSum[j] as number) + d
        dgammaSum[j] = (dgammaSum[j] as number) + d * hat
        sum += d * (gamma[j] as number)
        product += d * (gamma[j] as number) * hat
      }
      const factor = (invStd[row] as number) / columns
      for (let j = 0; j < columns; j++) {
        const dHat = (dy[from + j] as number) * (gamma[j] as number)
        dx[from + j] = factor * (columns * dHat - sum - (xHat[from + j] as number) * product)
      }
    }
    dgamma.set(dgammaSum)
    dbeta.set(dbetaSum)
  },

  groupnormForward: (x, gamma, beta, inner, groups, eps, y, xHat, invStd) => {
    const columns = gamma.length
    const each = columns / groups
    for (let group = 0; group < invStd.length; group++) {
      const from = group * each * inner
      const [mu, sigma2] = momentsOf(x, from, from + each * inner, each * inner, each * inner)
      const inv = 1 / sqrt(sigma2 + eps)
      for (let plane = group * each; plane < (group + 1) * each; plane++) {
        const [scale, shift] = [gamma[plane % columns] as number, beta[plane % columns] as number]
        for (let i = plane * inner; i < (plane + 1) * inner; i++) {
          const normalized = ((x[i] as number) - mu) * inv
          xHat[i] = normalized
          y[i] = scale * normalized + shift
        }
      }
      invStd[group] = inv
    }
  },

  groupnormBackward: (dy, gamma, xHat, invStd, inner, groups, dx, dgamma, dbeta) => {
    const columns = gamma.length
    const each = columns / groups
    const dgammaSum = new Float64Array(columns)
    const dbetaSum = new Float64Array(columns)
    for (let group = 0; group < invStd.length; group++) {
      let sum = 0
      let product = 0
      for (let plane = group * each; plane < (group + 1) * each; plane++) {
        const j = plane % columns
        for (let i = plane * inner; i < (plane + 1) * inner; i++) {
          const d = dy[i] as number
          const hat = xHat[i] as number
          dbetaSum[j] = (dbetaSum[j] as number) + d
          dgammaSum[j] = (dgammaSum[j] as number) + d * hat
          sum += d * (gamma[j] as number)
          product += d * (gamma[j] as number) * hat
        }
      }
      const count = each * inner
      const factor = (invStd[group] as number) / count
      for (let plane = group * each; plane < (group + 1) * each; plane++) {
        for (let i = plane * inner; i < (plane + 1) * inner; i++) {
          const dHat = (dy[i] as number) * (gamma[plane % columns] as number)
          dx[i] = factor * (count * dHat - sum - (xHat[i] as number) * product)
        }
      }
    }
    dgamma.set(dgammaSum)
    dbeta.set(dbetaSum)
  },

  // Update rules.
  sgd: (w, dw, learningRate, nextW) => {
    const r = roundingOf(w)
    const rate = r(-learningRate)
    let finite = true
    for (let i = 0; i < w.length; i++) {
      const moved = r(r(rate * (dw[i] as number)) + (w[i] as number))
      nextW[i] = moved
      finite &&= isNumber(moved)
    }
    return Number(finite)
  },

  sgdMomentum: (w, dw, v, learningRate, momentum, nextW, nextV) => {
    const r = roundingOf(w)
    const [rate, mu] = [r(-learningRate), r(momentum)]
    let finite = true
    for (let i = 0; i < w.length; i++) {
      const next = r(r(rate * (dw[i] as number)) + r(mu * (v[i] as number)))
      const moved = r((w[i] as number) + next)
      nextV[i] = next
      nextW[i] = moved
      finite &&= isNumber(next) && isNumber(moved)
    }
    return Number(finite)
  },

  nesterov: (w, dw, v, learningRate, momentum, nextW, nextV) => {
    const r = roundingOf(w)
    const [rate, mu, ahead] = [r(-learningRate), r(momentum), r(1 + momentum)]
    let finite = true
    for (let i = 0; i < w.length; i++) {
      const before = r(mu * (v[i] as number))
      const next = r(r(rate * (dw[i] as number)) + before)
      const moved = r(r(ahead * next) + r((w[i] as number) - before))
      nextV[i] = next
      nextW[i] = moved
      finite &&= isNumber(next) && isNumber(moved)
    }
    return Number(finite)
  },

  adagrad: (w, dw, c, learningRate, eps, nextW, nextC) =>
    dividedByRoot(w, dw, c, learningRate, 1, 1, eps, nextW, nextC),

  rmsprop: (w, dw, c, learningRate, decay, eps, nextW, nextC) =>
    dividedByRoot(w, dw, c, learningRate, decay, 1 - decay, eps, nextW, nextC),

  adam: (w, dw, m, v, learningRate, beta1, beta2, eps, t, keep, nextW, nextM, nextV) => {
    const r = roundingOf(w)
    const [b1, a1, b2, a2] = [r(beta1), r(1 - beta1), r(beta2), r(1 - beta2)]
    const [rate, root] = [r(-learningRate / (1 - beta1 ** t)), r(1 / sqrt(1 - beta2 ** t))]
    const [least, kept] = [r(eps), r(keep)]
    let finite = true
    for (let i = 0; i < w.length; i++) {
      const g = dw[i] as number
      const first = r(r(b1 * (m[i] as number)) + r(a1 * g))
      const second = r(r(b2 * (v[i] as number)) + r(a2 * r(g * g)))
      const moved = r(r(kept * (w[i] as number)) + r(r(rate * first) / r(r(root * r(sqrt(second))) + least)))
      nextM[i] = first
      nextV[i] = second
      nextW[i] = moved
      finite &&= isNumber(second) && isNumber(moved)
    }
    return Number(finite)
  },

  // Batches.
  gatherFloats: (rows, indices, out) => {
    const columns = indices.length === 0 ? 0 : out.length / indices.length
    for (let i = 0; i < indices.length; i++) {
      const from = (indices[i] as number) * columns
      out.set(rows.subarray(from, from + columns), i * columns)
    }
  },

  gatherBytes: (bytes, indices, mean, scale, out) => {
    const columns = mean.length
    for (let i = 0; i < indices.length; i++) {
      const from = (indices[i] as number) * columns
      for (let j = 0; j < columns; j++) {
        out[i * columns + j] = ((bytes[from + j] as number) - (mean[j] as number)) * (scale[j] as number)
      }
    }
  },

  gatherImages: (bytes, indices, mean, scale, moves, height, width, out) => {
    const columns = mean.length
    for (let i = 0, to = 0; i < indices.length; i++) {
      const from = (indices[i] as number) * columns
      const [down, right, done] = [moves[3 * i] as number, moves[3 * i + 1] as number, moves[3 * i + 2] as number]
      const [mirrored, reflects] = [(done & 1) === 1, (done & 2) === 2]
      for (let plane = 0; plane < columns; plane += height * width) {
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++, to++) {
            const own = (mirrored ? width - 1 - x : x) - right
            const row = reflects ? reflected(y - down, height) : y - down
            const column = reflects ? reflected(own, width) : own
            const j = plane + row * width + column
            const inside = row >= 0 && row < height && column >= 0 && column < width
            out[to] = inside ? ((bytes[from + j] as number) - (mean[j] as number)) * (scale[j] as number) : 0
          }
        }
      }
    }
  },
}

type Fused = 'batchnormGeluForward' | 'batchnormGeluBackward' | 'batchnormGeluPredict'

const fused: Pick<Kernels, Fused> = {
  batchnormGeluForward: (x, gamma, beta, inner, eps, y, xHat, mean, variance, invStd) => {
    loops.batchnormForward(x, gamma, beta, inner, eps, y, xHat, mean, variance, invStd)
    loops.geluForward(y, y)
  },

  batchnormGeluBackward: (dy, gamma, beta, xHat, invStd, inner, dx, dgamma, dbeta) => {
    for (let i = 0; i < dx.length; i++) {
      const j = floor(i / inner) % gamma.length
      dx[i] = (gamma[j] as number) * (xHat[i] as number) + (beta[j] as number)
    }
    loops.geluBackward(dy, dx, dx)
    loops.batchnormBackward(dx, gamma, xHat, invStd, inner, dx, dgamma, dbeta)
  },

  batchnormGeluPredict: (x, gamma, beta, mean, variance, inner, eps, y) => {
    loops.batchnormPredict(x, gamma, beta, mean, variance, inner, eps, y)
    loops.geluForward(y, y)
  },
}

export const jsKernels: Kernels = { ...loops, ...fused, ...imageLoops(loops) }
