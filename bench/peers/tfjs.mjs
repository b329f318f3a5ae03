// TensorFlow.js on its WebAssembly backend, by its core API, which is faster than trainOnBatch of tf.layers.
import { batchesOf, dataOf, normals, serve, timed, unable, workload } from './serve.mjs'
import { tf, wasm } from './tensorflow.mjs'

const { inputDim, hiddenDims, numClasses, batchSize, rule, learningRate, batchnorm, keepProb, rows, evaluate } =
  workload()
const batches = batchesOf(dataOf(rows, inputDim, numClasses), rows, inputDim, batchSize)
const ones = tf.ones([1, batchSize])
const sizes = [inputDim, ...hiddenDims, numClasses]
const layers = sizes.slice(1).map((width, i) => ({
  w: tf.variable(tf.tensor2d(normals(sizes[i] * width, Math.sqrt(2 / sizes[i])), [sizes[i], width])),
  b: tf.variable(tf.zeros([1, width])),
  ...(batchnorm &&
    i < hiddenDims.length && {
      gamma: tf.variable(tf.ones([1, width])),
      beta: tf.variable(tf.zeros([1, width])),
      runningMean: tf.variable(tf.zeros([1, width]), false),
      runningVariance: tf.variable(tf.ones([1, width]), false),
    }),
}))
const variables = layers.flatMap(({ w, b, gamma, beta }) => (gamma ? [w, b, gamma, beta] : [w, b]))
const optimizer = rule === 'adam' ? tf.train.adam(learningRate) : tf.train.sgd(learningRate)

// matMul with a transposed factor, as its own gradient asks for, is slow here: P3 takes 810 to 860 ms a step so, and 87
// to 114 ms with the transposes made before.
const biasGrad = (dy) => tf.matMul(ones, dy)
const weightGrad = (x, dy) => tf.matMul(tf.transpose(x), dy)
const firstAffine = (x, w, b) =>
  tf.customGrad((w, b) => ({
    value: tf.add(tf.matMul(x, w), b),
    gradFunc: (dy) => [weightGrad(x, dy), biasGrad(dy)],
  }))(w, b)
const affine = tf.customGrad((x, w, b, save) => {
  save([x, w])
  return {
    value: tf.add(tf.matMul(x, w), b),
    gradFunc: (dy, [x, w]) => [tf.matMul(dy, tf.transpose(w)), weightGrad(x, dy), biasGrad(dy)],
  }
})

const MOMENTUM = 0.9
const EPS = 1e-5
const moments = (x) => {
  const mean = tf.mul(tf.matMul(ones, x), 1 / batchSize)
  const centred = tf.sub(x, mean)
  return { mean, centred, variance: tf.mul(tf.matMul(ones, tf.square(centred)), 1 / batchSize) }
}
const follow = (running, value) => running.assign(tf.add(tf.mul(running, MOMENTUM), tf.mul(value, 1 - MOMENTUM)))
const normalise = (layer, x) =>
  tf.customGrad((x, gamma, beta, save) => {
    const { mean, centred, variance } = moments(x)
    follow(layer.runningMean, mean)
    follow(layer.runningVariance, variance)
    const inv = tf.rsqrt(tf.add(variance, EPS))
    const xhat = tf.mul(centred, inv)
    save([xhat, inv, gamma])
    return {
      value: tf.add(tf.mul(xhat, gamma), beta),
      gradFunc: (dy, [xhat, inv, gamma]) => {
        const dbeta = biasGrad(dy)
        const dgamma = biasGrad(tf.mul(dy, xhat))
        const inner = tf.sub(tf.sub(dy, tf.mul(dbeta, 1 / batchSize)), tf.mul(xhat, tf.mul(dgamma, 1 / batchSize)))
        return [tf.mul(inner, tf.mul(gamma, inv)), dgamma, dbeta]
      },
    }
  })(x, layer.gamma, layer.beta)

const scores = (x) =>
  layers.reduce((x, layer, i) => {
    const out = i === 0 ? firstAffine(x, layer.w, layer.b) : affine(x, layer.w, layer.b)
    if (i === layers.length - 1) return out
    const active = tf.relu(layer.gamma ? normalise(layer, out) : out)
    return keepProb < 1 ? tf.dropout(active, 1 - keepProb) : active
  }, x)

const step = () =>
  tf.tidy(() => {
    const { inputs, labels } = batches.random()
    const x = tf.tensor2d(inputs, [batchSize, inputDim])
    const y = tf.oneHot(tf.tensor1d(labels, 'int32'), numClasses)
    const { value, grads } = tf.variableGrads(() => tf.losses.softmaxCrossEntropy(y, scores(x)), variables)
    optimizer.applyGradients(grads)
    return value.dataSync()[0]
  })

const predict = (x) =>
  layers.reduce((x, { w, b, gamma, beta, runningMean, runningVariance }, i) => {
    if (i === layers.length - 1) return tf.add(tf.matMul(x, w), b)
    if (!gamma) return tf.relu(tf.add(tf.matMul(x, w), b))
    const factor = tf.mul(gamma, tf.rsqrt(tf.add(runningVariance, EPS)))
    const shift = tf.add(tf.mul(tf.sub(b, runningMean), factor), beta)
    return tf.relu(tf.add(tf.mul(tf.matMul(x, w), factor), shift))
  }, x)

const evaluation = () => {
  let right = 0
  for (let start = 0; start < rows; start += batchSize) {
    const { inputs, labels, count } = batches.from(start)
    const guesses = tf.tidy(() => tf.argMax(predict(tf.tensor2d(inputs, [count, inputDim])), 1).dataSync())
    for (let i = 0; i < count; i++) if (guesses[i] === labels[i]) right++
  }
  return right / rows
}

const one = evaluate ? evaluation : step
try {
  one()
} catch (error) {
  unable(String(error.message).split('\n')[0].slice(0, 120))
}
// In Node, and in a page that is not isolated, the backend takes its binary without threads, whatever is asked for.
const threads = (await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT')) ? wasm.getThreadsCount() : 1
const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) ? 'SIMD, ' : ''
await serve(`TensorFlow.js ${tf.version.tfjs}, wasm, ${simd}${threads} thread${threads > 1 ? 's' : ''}`, timed(one))
