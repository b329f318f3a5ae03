// jax-js on its WebAssembly backend: the whole step, update included, is one function under jit.
import { blockUntilReady, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax'
import { batchesOf, dataOf, normals, serve, timed, unable, versionOf, workload } from './serve.mjs'

const { inputDim, hiddenDims, numClasses, batchSize, rule, learningRate, batchnorm, keepProb, rows, evaluate } =
  workload()
if (!(await init('wasm')).includes('wasm')) unable('the wasm backend does not start')

const EPS = 1e-5
const batches = batchesOf(dataOf(rows, inputDim, numClasses), rows, inputDim, batchSize)
const sizes = [inputDim, ...hiddenDims, numClasses]
const widths = sizes.slice(1)
const isHidden = (i) => i < hiddenDims.length
// An array is given away where it is passed, unless by .ref, which counts one owner more.
// Weights lie as (out, in), as PyTorch's do: the other way round P1 takes three times as long, since a matrix product
// whose rows are 50 long misses the tiled kernels.
const normalised = (width, i) => (batchnorm && isHidden(i) ? { gamma: np.ones([width]), beta: np.zeros([width]) } : {})
const params = widths.map((width, i) => ({
  w: np.array(normals(sizes[i] * width, Math.sqrt(2 / sizes[i]))).reshape([width, sizes[i]]),
  b: np.zeros([width]),
  ...normalised(width, i),
}))
const running = batchnorm ? hiddenDims.map((width) => ({ mean: np.zeros([width]), variance: np.ones([width]) })) : []

const lossOf = (params, x, labels, masks) => {
  const statistics = []
  let h = x
  for (const [i, { w, b, gamma, beta }] of params.entries()) {
    h = np.matmul(h, np.transpose(w)).add(b)
    if (!isHidden(i)) continue
    if (gamma) {
      const mean = h.ref.mean(0)
      const centred = h.sub(mean.ref)
      const variance = np.square(centred.ref).mean(0)
      h = centred.mul(gamma.mul(np.reciprocal(np.sqrt(variance.ref.add(EPS))))).add(beta)
      statistics.push({ mean, variance })
    }
    h = nn.relu(h)
    if (keepProb < 1) h = h.mul(masks[i])
  }
  const loss = nn
    .logSoftmax(h)
    .mul(nn.oneHot(labels, numClasses))
    .sum()
    .mul(-1 / batchSize)
  return [loss, statistics]
}

const sgd = (params, grads) => tree.map((p, g) => p.sub(g.mul(learningRate)), params, grads)

const moving = (beta, old, value) => old.mul(beta).add(value.mul(1 - beta))

const stepOf = jit((state, rates, x, labels, masks) => {
  const { params, running, m, v } = state
  const [[loss, statistics], grads] = valueAndGrad(lossOf, { hasAux: true })(tree.ref(params), x, labels, masks)
  const runningNew = tree.map((old, value) => moving(0.9, old, value), running, statistics)
  if (rule === 'sgd') {
    rates.dispose()
    return { loss, state: { params: sgd(params, grads), running: runningNew, m, v } }
  }
  // rates: the step size over the correction of m, and one over the correction of v.
  const [rate, correction] = np.split(rates, 2)
  const mNew = tree.map((old, g) => moving(0.9, old, g), m, tree.ref(grads))
  const vNew = tree.map((old, g) => moving(0.999, old, np.square(g)), v, grads)
  const paramsNew = tree.map(
    (p, m, v) => p.sub(m.mul(rate.ref).div(np.sqrt(v.mul(correction.ref)).add(1e-8))),
    params,
    tree.ref(mNew),
    tree.ref(vNew),
  )
  rate.dispose()
  correction.dispose()
  return { loss, state: { params: paramsNew, running: runningNew, m: mNew, v: vNew } }
})

const zeros = () => (rule === 'adam' ? tree.map((p) => np.zeros(p.shape), params) : [])
let state = { params, running, m: zeros(), v: zeros() }
let t = 0

const maskBuffers = hiddenDims.map((width) => new Float32Array(keepProb < 1 ? batchSize * width : 0))
const masksOf = () =>
  keepProb === 1
    ? []
    : maskBuffers.map((mask, layer) => {
        for (let i = 0; i < mask.length; i++) mask[i] = Math.random() < keepProb ? 1 / keepProb : 0
        return np.array(mask).reshape([batchSize, hiddenDims[layer]])
      })

const step = async () => {
  const { inputs, labels } = batches.random()
  t++
  const rates = np.array(new Float32Array([learningRate / (1 - 0.9 ** t), 1 / (1 - 0.999 ** t)]))
  const x = np.array(inputs).reshape([batchSize, inputDim])
  const result = stepOf(state, rates, x, np.array(labels), masksOf())
  state = result.state
  await blockUntilReady(state)
  return (await result.loss.data())[0]
}

const predict = jit(({ params, running }, x) => {
  let h = x
  for (const [i, { w, b, gamma, beta }] of params.entries()) {
    h = np.matmul(h, np.transpose(w)).add(b)
    if (!isHidden(i)) continue
    if (gamma) {
      const { mean, variance } = running[i]
      h = h
        .sub(mean)
        .mul(gamma.mul(np.reciprocal(np.sqrt(variance.add(EPS)))))
        .add(beta)
    }
    h = nn.relu(h)
  }
  return np.argmax(h, 1)
})

const evaluation = async () => {
  let right = 0
  for (let start = 0; start < rows; start += batchSize) {
    const { inputs, labels, count } = batches.from(start)
    const x = np.array(inputs).reshape([count, inputDim])
    const used = { params: tree.ref(state.params), running: tree.ref(state.running) }
    const guesses = await predict(used, x).data()
    for (let i = 0; i < count; i++) if (guesses[i] === labels[i]) right++
  }
  return right / rows
}

const one = evaluate ? evaluation : step
try {
  await one()
} catch (error) {
  unable(String(error.message).split('\n')[0].slice(0, 120))
}
// Its workers are those of a page that is isolated: Node 20 has no global Worker, other pages share no memory, and then it computes alone.
const isAlone = typeof Worker === 'undefined' || typeof SharedArrayBuffer === 'undefined'
const threads = isAlone ? '1 thread' : 'with workers'
await serve(`jax-js ${versionOf('@jax-js/jax')}, wasm, ${threads}`, timed(one))
