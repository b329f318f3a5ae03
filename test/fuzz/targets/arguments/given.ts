import * as api from '../../../../src/index.ts'

// Arguments that fit.

export const model = api.orThrow(api.twoLayerNet({ inputDim: 3, hiddenDim: 4, numClasses: 2 }))
export const weights = model.init()
export const exact = api.orThrow(api.twoLayerNet({ inputDim: 3, hiddenDim: 2, numClasses: 2, dtype: 'float64' }))

export const x = (): api.Tensor => api.linspace(-1, 1, [2, 3])
export const y = (): number[] => [0, 1]
export const data = () => ({ xTrain: x(), yTrain: y() })
export const key = (): api.Key => api.key(0)
export const w = (): api.Tensor => api.linspace(0, 1, [3, 2])
export const b = (): api.Tensor => api.zeros([2])
export const dout = (): api.Tensor => api.ones([2, 2])
export const images = (): api.Tensor => api.linspace(-1, 1, [2, 2, 4, 4])
export const filters = (): api.Tensor => api.linspace(-1, 1, [2, 2, 3, 3])
export const rows = (): api.Bytes => api.bytes([2, 3], new Uint8Array([1, 2, 3, 4, 5, 6]), 0, 1 / 255)
export const theModel = () => model
export const theWeights = () => weights

/** gamma or beta, or a running statistic. */
export const column = (size: number) => () => api.ones([size])

export const run = (): api.RunState => {
  const events = api.orThrow(api.train(model, data(), { numEpochs: 1 }))
  for (const event of events) if (event._tag === 'Step') return api.snapshotRun(event.run)
  throw new Error('a run without a step')
}
