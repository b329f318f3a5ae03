import { evaluate, fullyConnectedNet, holdOut, multiLabel, orThrow, solve, tensor } from 'cachegrad'

const rows = Array.from({ length: 600 }, (_, i) => [Math.sin(i), Math.cos(7 * i), Math.sin(11 * i)] as const)
const y = tensor(rows.map(([a, b, c]) => [a > 0, b > 0.5, a > c].map(Number)))
const data = orThrow(holdOut({ x: tensor(rows), y }, 0.25))
const model = orThrow(fullyConnectedNet({ inputDim: 3, hiddenDims: [32], task: multiLabel(), outputDim: 3 }))
const options = { updateRule: 'adam', optimConfig: { learningRate: 0.01 }, numEpochs: 40 } as const
const { weights } = orThrow(solve(model, data, options))
const { f1, macroF1, exactMatch } = evaluate(model, weights, { x: data.xVal, y: data.yVal })
console.log(`F1 ${f1}, of the labels' mean ${macroF1}, all of an example right ${exactMatch}`)
