// TensorFlow.js on its WebAssembly backend: nets of images, and single convolutions.
import { batchesOf, dataOf, normals, serve, timed, unable, workload } from './serve.mjs'
import { tf } from './tensorflow.mjs'

const { inputDim, numClasses, batchSize, rule, learningRate, rows, evaluate, layers, convolution } = workload()

// Channels last, as its kernels have them.
const variablesOf = () => {
  let [channels, size] = [3, 32]
  return layers.map(([kind, units, window, pad]) => {
    if (kind === 'maxPool') size = Math.floor(size / units)
    if (kind === 'batchnorm')
      return { gamma: tf.variable(tf.ones([channels])), beta: tf.variable(tf.zeros([channels])) }
    if (kind !== 'conv' && kind !== 'affine') return {}
    const inputs = kind === 'conv' ? window * window * channels : size * size * channels
    const shape = kind === 'conv' ? [window, window, channels, units] : [inputs, units]
    const w = tf.variable(tf.tensor(normals(inputs * units, Math.sqrt(2 / inputs)), shape))
    const b = tf.variable(tf.zeros([units]))
    channels = units
    size = kind === 'conv' ? size + 2 * pad - window + 1 : 1
    return { w, b }
  })
}

// Its wasm backend has neither the gradient of a convolution's filters nor that of pooling: the first is a convolution of x with dy as
// filters, examples and channels exchanged; the second goes to all elements that are as large as the largest.
const convolve = (pad) =>
  tf.customGrad((x, w, save) => {
    save([x, w])
    const dw = (dy, x) =>
      tf.transpose(tf.conv2d(tf.transpose(x, [3, 1, 2, 0]), tf.transpose(dy, [1, 2, 0, 3]), 1, pad), [1, 2, 0, 3])
    return {
      value: tf.conv2d(x, w, 1, pad),
      gradFunc: (dy, [x, w]) => [tf.conv2dTranspose(dy, w, x.shape, 1, pad), dw(dy, x)],
    }
  })
/** Each element as a square of so many. */
const enlarged = (y, size) => {
  const [n, h, w, c] = y.shape
  return tf.reshape(tf.tile(tf.reshape(y, [n, h, 1, w, 1, c]), [1, 1, size, 1, size, 1]), [n, h * size, w * size, c])
}
const pool = (size) =>
  tf.customGrad((x, save) => {
    const y = tf.maxPool(x, size, size, 'valid')
    save([x, y])
    return {
      value: y,
      gradFunc: (dy, [x, y]) => {
        const [n, h, w, c] = x.shape
        const [down, across] = [h % size, w % size]
        const inside = tf.slice(x, [0, 0, 0, 0], [n, h - down, w - across, c])
        const dx = tf.mul(enlarged(dy, size), tf.cast(tf.equal(inside, enlarged(y, size)), 'float32'))
        return tf.pad(dx, [
          [0, 0],
          [0, down],
          [0, across],
          [0, 0],
        ])
      },
    }
  })

const EPS = 1e-5
const gelu = (x) => {
  const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(x, tf.mul(x, x)))))
  return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(inner)))
}
const run = (x, variables) =>
  layers.reduce((x, [kind, size, , pad], i) => {
    const { w, b, gamma, beta } = variables[i]
    if (kind === 'conv') return tf.add(convolve(pad)(x, w), b)
    if (kind === 'maxPool') return pool(size)(x)
    if (kind === 'affine') return tf.add(tf.matMul(x.reshape([x.shape[0], -1]), w), b)
    if (kind === 'relu') return tf.relu(x)
    if (kind === 'gelu') return gelu(x)
    const { mean, variance } = tf.moments(x, [0, 1, 2])
    return tf.batchNorm(x, mean, variance, beta, gamma, EPS)
  }, x)

const stepOfNet = () => {
  const batches = batchesOf(dataOf(rows, inputDim, numClasses), rows, inputDim, batchSize)
  const variables = variablesOf()
  const all = variables.flatMap((own) => Object.values(own))
  const optimizer =
    rule === 'adam' ? tf.train.adam(learningRate) : tf.train.momentum(learningRate, 0.9, rule === 'nesterov')
  if (evaluate) {
    return () => {
      for (let start = 0; start < rows; start += batchSize) {
        const { inputs, count } = batches.from(start)
        tf.tidy(() => tf.argMax(run(tf.tensor4d(inputs, [count, 32, 32, 3]), variables), 1).dataSync())
      }
    }
  }
  return () =>
    tf.tidy(() => {
      const { inputs, labels } = batches.random()
      const x = tf.tensor4d(inputs, [batchSize, 32, 32, 3])
      const y = tf.oneHot(tf.tensor1d(labels, 'int32'), numClasses)
      const { value, grads } = tf.variableGrads(() => tf.losses.softmaxCrossEntropy(y, run(x, variables)), all)
      optimizer.applyGradients(grads)
      return value.dataSync()[0]
    })
}

const stepOfConvolution = () => {
  const { channels, filters, size } = convolution
  const x = tf.randomNormal([batchSize, size, size, channels])
  const [w, b] = [tf.randomNormal([3, 3, channels, filters]), tf.zeros([filters])]
  const dout = tf.randomNormal([batchSize, size, size, filters])
  const gradients = tf.grads((x, w, b) => tf.add(convolve(1)(x, w), b))
  return () =>
    tf.tidy(() => {
      for (const gradient of gradients([x, w, b], dout)) gradient.dataSync()
    })
}

const step = convolution ? stepOfConvolution() : stepOfNet()
try {
  step()
} catch (error) {
  unable(String(error.message).split('\n')[0].slice(0, 120))
}
await serve(`TensorFlow.js ${tf.version.tfjs}, wasm, 1 thread`, timed(step))
