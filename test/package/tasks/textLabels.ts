import { accuracy, classify, encodeLabels, fullyConnectedNet, holdOut, orThrow, solve, tensor } from 'cachegrad'

const rows = Array.from({ length: 600 }, (_, i) => [Math.sin(i), Math.cos(7 * i)] as const)
const { y, classNames } = orThrow(encodeLabels(rows.map(([a, b]) => (a > 0 ? 'cat' : b > 0 ? 'dog' : 'ape'))))
const data = orThrow(holdOut({ x: tensor(rows), y }, 0.25, { stratify: true }))
const model = orThrow(fullyConnectedNet({ inputDim: 2, hiddenDims: [16], numClasses: classNames.length }))
const { weights } = orThrow(solve(model, data, { updateRule: 'adam', numEpochs: 60 }))
const [first = 0] = classify(model, weights, data.xVal)
console.log(
  `${classNames}: accuracy ${accuracy(model, weights, data.xVal, data.yVal)}, the first a ${classNames[first]}`,
)
