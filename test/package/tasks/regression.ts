import { evaluate, fullyConnectedNet, holdOut, orThrow, regression, solve, standardize, tensor } from 'cachegrad'
import { loadNet, predict, saveNet } from 'cachegrad/formats'

const rows = Array.from({ length: 600 }, (_, i) => [100 * Math.sin(i), 300 + 50 * Math.cos(7 * i)] as const)
const y = rows.map(([a], i) => 0.03 * a + 0.7 * Math.sin(i * i))
const { xTrain, yTrain, xVal, yVal } = orThrow(holdOut({ x: tensor(rows), y }, 0.25))
const { x, input, transform } = orThrow(standardize(xTrain))
const model = orThrow(fullyConnectedNet({ inputDim: 2, hiddenDims: [16], task: regression() }))
const { weights } = orThrow(solve(model, { xTrain: x, yTrain }, { updateRule: 'adam', numEpochs: 150 }))
console.log(`r2 ${evaluate(model, weights, { x: transform(xVal), y: yVal }).r2}`)
await orThrow(saveNet('price.safetensors', { model, weights, input }))
console.log(`first ${predict(await orThrow(loadNet('price.safetensors')), xVal).data[0]}, in truth ${yVal[0]}`)
