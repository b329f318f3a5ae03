import { fullyConnectedNet, holdOut, orThrow, runToEnd, train } from 'cachegrad'
import { openCheckpoints } from 'cachegrad/checkpoint'
import { strokes } from 'cachegrad/data'
import { jsonlLog } from 'cachegrad/report'

const data = orThrow(holdOut(orThrow(strokes({ numTrain: 1000, numTest: 0 })).train, 200))
const model = orThrow(fullyConnectedNet({ inputDim: 784, hiddenDims: [32] }))
const options = { updateRule: 'adam', numEpochs: 5 } as const
const checkpoints = await orThrow(openCheckpoints('run', { model, data, options }, { resume: true }))
const events = orThrow(train(model, data, options, checkpoints.from))
const { status, best } = await runToEnd(events, [checkpoints, jsonlLog('run.jsonl', { append: true })])
console.log(`${status} from ${checkpoints.from?.trainScoreHistory.length ?? 0}, accuracy ${best?.valScore}`)
