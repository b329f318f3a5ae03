import { accuracy, binary, fullyConnectedNet, holdOut, orThrow, predict, rocAuc, solve, tensor } from 'cachegrad'

const rows = Array.from({ length: 600 }, (_, i) => [Math.sin(i), Math.cos(7 * i)] as const)
const y = rows.map(([a, b]) => Number(a * b > 0))
const data = orThrow(holdOut({ x: tensor(rows), y }, 0.25, { stratify: true }))
const model = orThrow(fullyConnectedNet({ inputDim: 2, hiddenDims: [32], task: binary() }))
const options = { updateRule: 'adam', optimConfig: { learningRate: 0.01 }, numEpochs: 60 } as const
const { weights } = orThrow(solve(model, data, options))
const probabilities = predict(model, weights, data.xVal)
console.log(`accuracy ${accuracy(model, weights, data.xVal, data.yVal)}, AUC ${rocAuc(probabilities, data.yVal)}`)
