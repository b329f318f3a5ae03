import type { Convolution } from './convolution.ts'

export type Floats = Float32Array | Float64Array

/**
 * The loops of the engine, over row-major typed arrays. There are three implementations: `js` (readable, both precisions, the
 * reference), `wasm` (float32, SIMD) and `blas` (wasm with the matrix products of a system library).
 *
 * All arrays of one call have the same precision. Sizes come from the lengths: for row-wise kernels the number of columns is the
 * length of the vector that is applied to each row. Where a column stands for a channel of images, `inner` is the number of elements it
 * has in a row, height·width, and the columns of a row lie one behind the other; inner = 1 is an ordinary matrix. Nothing is checked here, and wasm and blas would read outside of an array that is
 * too short: `shapes` in tensor/, and `gather` for the rows of a data set, compare lengths with shapes first. The output of an
 * elementwise kernel, of an update rule and of those that add a bias, which go row by row, may be one of the inputs; no other may.
 * Outputs may hold anything before the call.
 */
export interface Kernels {
  readonly name: BackendName
  /** What a run reports, e.g. `blas (OpenBLAS 0.3.21, up to 2 threads; wasm (relaxed SIMD, up to 2 threads))`. */
  readonly description: string

  // Products.
  /** out = op(a)·op(b), op(a) of shape (m, k), op(b) of shape (k, n); op transposes where the flag says so. k = 0 gives zeros. */
  matmul(transA: boolean, transB: boolean, m: number, n: number, k: number, a: Floats, b: Floats, out: Floats): void

  // Convolutions. Sizes are in c, whose arrays are as long as it says.
  /** out[n, f] = Σ over channels and window of w[f]·x[n], plus b[f]; without b nothing is added. */
  convolve(c: Convolution, x: Floats, w: Floats, b: Floats | undefined, out: Floats): void
  /** dx = Σ over filters and window of w·dout; dw[f] = Σ over images and places of dout·x; what is undefined is not made. */
  convolutionGradients(
    c: Convolution,
    dout: Floats,
    x: Floats,
    w: Floats,
    dx: Floats | undefined,
    dw: Floats | undefined,
  ): void

  // Elementwise.
  /** y = a + b */
  add(a: Floats, b: Floats, y: Floats): void
  /** y = a·b, element by element */
  multiply(a: Floats, b: Floats, y: Floats): void
  /** y = s·a */
  scale(a: Floats, s: number, y: Floats): void
  /** y = a + s·b */
  addScaled(a: Floats, s: number, b: Floats, y: Floats): void
  /** y = max(0, x), a NaN stays a NaN */
  reluForward(x: Floats, y: Floats): void
  /** dx = dy where x > 0, else 0; x may as well be relu's output */
  reluBackward(dy: Floats, x: Floats, dx: Floats): void
  /** y = x where x > 0, else alpha·x */
  leakyReluForward(x: Floats, alpha: number, y: Floats): void
  /** dx = dy where x > 0, else alpha·dy */
  leakyReluBackward(dy: Floats, x: Floats, alpha: number, dx: Floats): void
  /** y = 1 / (1 + e⁻ˣ) */
  sigmoidForward(x: Floats, y: Floats): void
  /** dx = dy·y·(1 − y) */
  sigmoidBackward(dy: Floats, y: Floats, dx: Floats): void
  /** y = tanh x */
  tanhForward(x: Floats, y: Floats): void
  /** dx = dy·(1 − y²) */
  tanhBackward(dy: Floats, y: Floats, dx: Floats): void
  /** y = x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))) */
  geluForward(x: Floats, y: Floats): void
  /** With u = √(2/π)·(x + 0.044715·x³): dx = dy·(½·(1 + tanh u) + ½·x·(1 − tanh² u)·u′) */
  geluBackward(dy: Floats, x: Floats, dx: Floats): void
  /**
   * mask = 1/keepProb where the element's word < round(keepProb·2³²), else 0. The words are those of Philox4x32-10 with counter
   * (block, 0, 0, 0) and the given key; element i takes word i mod 4 of block i div 4.
   */
  dropoutMask(key0: number, key1: number, keepProb: number, mask: Floats): void
  /** 1 when |xᵢ| ≤ limit everywhere, so that no element is a NaN; else 0 */
  allWithin(x: Floats, limit: number): number
  /** Σ x², summed in float64; NaN or infinite exactly when an element is (or when float64 overflows) */
  sumSquares(x: Floats): number
  /** mean of |x − y|; dx is its gradient, sign(x − y)/n, and 0 where they are equal */
  maeLoss(x: Floats, y: Floats, dx: Floats): number
  /** mean of ½d² where |d| ≤ delta, else delta·(|d| − ½delta), with d = x − y; dx is its gradient */
  huberLoss(x: Floats, y: Floats, delta: number, dx: Floats): number
  /** mean of log(1 + eˣ) − t·x, of which no exponential overflows; dx is its gradient, (sigmoid(x) − t)/n */
  logisticLoss(x: Floats, t: Floats, dx: Floats): number

  // Rows: x is (rows, columns). Labels hold one class index a row and are already checked. In normalizations `variance` is the biased one,
  // invStd = 1/√(variance + eps).
  /** y = x + b */
  addBias(x: Floats, b: Floats, y: Floats): void
  /** y = max(0, x + b) */
  addBiasRelu(x: Floats, b: Floats, y: Floats): void
  /** y[i, j, :] = x[i, j, :] + b[j] */
  addChannelBias(x: Floats, b: Floats, inner: number, y: Floats): void
  /** sums[j] = Σᵢ x[i, j, :] */
  columnSums(x: Floats, inner: number, sums: Floats): void
  /** y[i, :] = exp(x[i, :]) / Σ exp(x[i, :]), computed after subtracting the row's maximum */
  softmax(x: Floats, columns: number, y: Floats): void
  /** mean over rows of log Σⱼ exp(xⱼ) − x_label; dx is its gradient, (softmax(x) − onehot)/rows */
  softmaxLoss(x: Floats, labels: Int32Array, dx: Floats): number
  /** mean over rows of Σ_{j ≠ label} max(0, xⱼ − x_label + 1); dx is its gradient */
  svmLoss(x: Floats, labels: Int32Array, dx: Floats): number
  /** (1/total)·Σᵢⱼ tᵢⱼ·(log Σₖ exp(xᵢₖ) − xᵢⱼ): rows of targets in place of labels; dx = (softmax(x)·Σⱼ tᵢⱼ − t)/total */
  softTargetLoss(x: Floats, t: Floats, columns: number, total: number, dx: Floats): number
  /** Per column: mean, variance, invStd, xHat = (x − mean)·invStd, y = gamma·xHat + beta */
  batchnormForward(
    x: Floats,
    gamma: Floats,
    beta: Floats,
    inner: number,
    eps: number,
    y: Floats,
    xHat: Floats,
    mean: Floats,
    variance: Floats,
    invStd: Floats,
  ): void
  /** With n elements a column: dbeta = Σ dy, dgamma = Σ dy·xHat, dx = gamma·invStd/n · (n·dy − dbeta − xHat·dgamma) */
  batchnormBackward(
    dy: Floats,
    gamma: Floats,
    xHat: Floats,
    invStd: Floats,
    inner: number,
    dx: Floats,
    dgamma: Floats,
    dbeta: Floats,
  ): void
  /** y = gamma·(x − mean)/√(variance + eps) + beta with given statistics of the columns */
  batchnormPredict(
    x: Floats,
    gamma: Floats,
    beta: Floats,
    mean: Floats,
    variance: Floats,
    inner: number,
    eps: number,
    y: Floats,
  ): void
  /** batchnormForward with gelu behind it: y = gelu(gamma·xHat + beta) */
  batchnormGeluForward(
    x: Floats,
    gamma: Floats,
    beta: Floats,
    inner: number,
    eps: number,
    y: Floats,
    xHat: Floats,
    mean: Floats,
    variance: Floats,
    invStd: Floats,
  ): void
  /** batchnormBackward of geluBackward, whose x is made again: gamma·xHat + beta */
  batchnormGeluBackward(
    dy: Floats,
    gamma: Floats,
    beta: Floats,
    xHat: Floats,
    invStd: Floats,
    inner: number,
    dx: Floats,
    dgamma: Floats,
    dbeta: Floats,
  ): void
  /** batchnormPredict with gelu behind it */
  batchnormGeluPredict(
    x: Floats,
    gamma: Floats,
    beta: Floats,
    mean: Floats,
    variance: Floats,
    inner: number,
    eps: number,
    y: Floats,
  ): void
  /** Per row: xHat = (x − mean)·invStd, y = gamma·xHat + beta; invStd has one element a row */
  layernormForward(x: Floats, gamma: Floats, beta: Floats, eps: number, y: Floats, xHat: Floats, invStd: Floats): void
  /** dbeta = Σᵢ dy, dgamma = Σᵢ dy·xHat; with g = dy·gamma and means over the row: dx = invStd·(g − mean(g) − xHat·mean(g·xHat)) */
  layernormBackward(
    dy: Floats,
    gamma: Floats,
    xHat: Floats,
    invStd: Floats,
    dx: Floats,
    dgamma: Floats,
    dbeta: Floats,
  ): void
  /**
   * Per row and group of neighbouring columns: xHat = (x − mean)·invStd, y = gamma·xHat + beta; invStd has `groups` elements a row. The
   * number of groups divides that of the columns.
   */
  groupnormForward(
    x: Floats,
    gamma: Floats,
    beta: Floats,
    inner: number,
    groups: number,
    eps: number,
    y: Floats,
    xHat: Floats,
    invStd: Floats,
  ): void
  /** dbeta = Σ dy, dgamma = Σ dy·xHat; with g = dy·gamma and means over the group: dx = invStd·(g − mean(g) − xHat·mean(g·xHat)) */
  groupnormBackward(
    dy: Floats,
    gamma: Floats,
    xHat: Floats,
    invStd: Floats,
    inner: number,
    groups: number,
    dx: Floats,
    dgamma: Floats,
    dbeta: Floats,
  ): void

  // Windows: x is planes of (height, width) with a rim of padY and padX zeros, over which a window moves in steps of strideY and strideX.
  // It has outHeight = ⌊(height + 2·padY − windowHeight)/strideY⌋ + 1 places along y, at least 1, and as many along x.
  /** columns[plane, u, v, i, j] = x[plane, i·strideY + u − padY, j·strideX + v − padX], 0 on the rim; (u, v) in the window */
  im2col(
    x: Floats,
    height: number,
    width: number,
    windowHeight: number,
    windowWidth: number,
    strideY: number,
    strideX: number,
    padY: number,
    padX: number,
    columns: Floats,
  ): void
  /** x[plane, y, x] = Σ of the elements of `columns` that im2col reads there */
  col2im(
    columns: Floats,
    height: number,
    width: number,
    windowHeight: number,
    windowWidth: number,
    strideY: number,
    strideX: number,
    padY: number,
    padX: number,
    x: Floats,
  ): void
  /** y = the largest element in the window, a NaN if there is one */
  maxPoolForward(
    x: Floats,
    height: number,
    width: number,
    windowHeight: number,
    windowWidth: number,
    strideY: number,
    strideX: number,
    y: Floats,
  ): void
  /** dx = Σ of dy of the windows whose largest element it is; of equal ones, the first counts */
  maxPoolBackward(
    dy: Floats,
    x: Floats,
    height: number,
    width: number,
    windowHeight: number,
    windowWidth: number,
    strideY: number,
    strideX: number,
    dx: Floats,
  ): void
  /** y = the mean of the window, summed in float64 */
  avgPoolForward(
    x: Floats,
    height: number,
    width: number,
    windowHeight: number,
    windowWidth: number,
    strideY: number,
    strideX: number,
    y: Floats,
  ): void
  /** dx = Σ of dy/(windowHeight·windowWidth) over the windows that it is in */
  avgPoolBackward(
    dy: Floats,
    height: number,
    width: number,
    windowHeight: number,
    windowWidth: number,
    strideY: number,
    strideX: number,
    dx: Floats,
  ): void

  // Update rules: next… may be the array they follow. dw is never written. Each operation is rounded to the arrays' precision. They
  // return 1 when all that they wrote is finite, else 0.
  /** nextW = w − learningRate·dw */
  sgd(w: Floats, dw: Floats, learningRate: number, nextW: Floats): number
  /** nextV = momentum·v − learningRate·dw; nextW = w + nextV */
  sgdMomentum(
    w: Floats,
    dw: Floats,
    v: Floats,
    learningRate: number,
    momentum: number,
    nextW: Floats,
    nextV: Floats,
  ): number
  /** nextV = momentum·v − learningRate·dw; nextW = w − momentum·v + (1 + momentum)·nextV */
  nesterov(
    w: Floats,
    dw: Floats,
    v: Floats,
    learningRate: number,
    momentum: number,
    nextW: Floats,
    nextV: Floats,
  ): number
  /** nextC = c + dw²; nextW = w − learningRate·dw/(√nextC + eps) */
  adagrad(w: Floats, dw: Floats, c: Floats, learningRate: number, eps: number, nextW: Floats, nextC: Floats): number
  /** nextC = decay·c + (1 − decay)·dw²; nextW = w − learningRate·dw/(√nextC + eps) */
  rmsprop(
    w: Floats,
    dw: Floats,
    c: Floats,
    learningRate: number,
    decay: number,
    eps: number,
    nextW: Floats,
    nextC: Floats,
  ): number
  /**
   * nextM = beta1·m + (1 − beta1)·dw; nextV = beta2·v + (1 − beta2)·dw²;
   * nextW = keep·w − learningRate·(nextM/(1 − beta1ᵗ))/(√(nextV/(1 − beta2ᵗ)) + eps); `keep` is 1 but for adamw
   */
  adam(
    w: Floats,
    dw: Floats,
    m: Floats,
    v: Floats,
    learningRate: number,
    beta1: number,
    beta2: number,
    eps: number,
    t: number,
    keep: number,
    nextW: Floats,
    nextM: Floats,
    nextV: Floats,
  ): number

  // Batches: out is (indices.length, columns); indices are already checked.
  /** out[i, :] = rows[indices[i], :] */
  gatherFloats(rows: Floats, indices: Int32Array, out: Floats): void
  /** out[i, j] = (bytes[indices[i], j] − mean[j])·scale[j] */
  gatherBytes(bytes: Uint8Array, indices: Int32Array, mean: Floats, scale: Floats, out: Floats): void
  /**
   * gatherBytes of images (planes, height, width), each moved by its own (down, right) and then mirrored: moves[3i … 3i + 2] holds down,
   * right, and what is done, 1 for mirrored plus 2 for reflected. What comes from outside an image is 0, or where it is reflected what
   * lies as far inside of the edge.
   */
  gatherImages(
    bytes: Uint8Array,
    indices: Int32Array,
    mean: Floats,
    scale: Floats,
    moves: Int32Array,
    height: number,
    width: number,
    out: Floats,
  ): void
}

/** Plain JavaScript; WebAssembly with SIMD, relaxed or with the same bits on every machine; OpenBLAS or Accelerate. */
export type BackendName = 'js' | 'wasm' | 'wasm-strict' | 'blas'
