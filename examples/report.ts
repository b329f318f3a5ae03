// A page about a run, which needs no script and no network: npm install echarts, for its charts.
import { fullyConnectedNet, orThrow, train } from 'cachegrad'
import { strokes } from 'cachegrad/data'
import { jsonlLog, recorder, writeReport } from 'cachegrad/report'

const digits = orThrow(strokes({ numTrain: 1200, numTest: 300 }))
const data = {
  xTrain: digits.train.x,
  yTrain: digits.train.y,
  xVal: digits.test.x,
  yVal: digits.test.y,
}
const model = orThrow(fullyConnectedNet({ inputDim: 784, hiddenDims: [50], numClasses: 10 }))

const page = recorder({ model, data })
const log = jsonlLog('run.jsonl')
for (const event of orThrow(train(model, data, { updateRule: 'adam', numEpochs: 3 }))) {
  page.see(event)
  log.see(event)
}
orThrow(log.close())
orThrow(await writeReport('run.html', page.finish({ title: 'Digits', test: digits.test }))())
console.log('open run.html; run.jsonl has each step')
