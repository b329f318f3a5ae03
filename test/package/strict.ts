import {
  affine,
  andThen,
  type Event,
  fullyConnectedNet,
  key,
  orThrow,
  relu,
  type Tensor,
  tensor,
  train,
} from 'cachegrad'
import { type DataError, loadCifar10, type Mnist, strokes } from 'cachegrad/data'
import { jsonlLog, type Log, recorder, reportPage } from 'cachegrad/report'
import { choice, logUniform, random, runSweep, type SweepError, type SweepResult, sweep, when } from 'cachegrad/sweep'
import type { Either } from 'fp-ts/lib/Either.js'

// Types that a user relies on, checked by tsc only.
const weights: { readonly W: Tensor; readonly b: Tensor } = andThen(relu)(affine(3)).init(key(0), [4]).params
const digits: Either<DataError, Mnist<Int32Array>> = strokes({ numTrain: 10, numTest: 1 })
const model = orThrow(fullyConnectedNet({ hiddenDims: [weights.b.data.length], inputDim: 2 }))
const data = { xTrain: tensor([1, 2], [1, 2]), yTrain: [3] }
const events: Generator<Event, void, undefined> = orThrow(train(model, data, { numEpochs: 1 }))
for (const event of events) if (event._tag === 'Done') console.log(event.result.status, digits._tag)
const log: Log = jsonlLog('run.jsonl')
const page: string = reportPage(recorder({ model, data }).finish({ title: 'types only' }))
console.log(log.close()._tag, page.length, loadCifar10().name)

const space = { rule: choice(['sgd', 'adam']), momentum: when('rule', ['sgd'], logUniform(0.1, 1)) }
const study = orThrow(
  sweep({
    space,
    data: () => data,
    objective: ({ params }, { yTrain }) => {
      const rule: 'sgd' | 'adam' = params.rule
      const momentum: number | undefined = params.momentum
      return rule.length + (momentum ?? 0) + yTrain.length
    },
    direction: 'minimize',
    sampler: random(),
    trials: 3,
  }),
)
const table: () => Promise<Either<SweepError, SweepResult>> = runSweep(study)
console.log(table.name)
