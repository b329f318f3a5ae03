import * as api from '../../../../src/index.ts'
import * as report from '../../../../src/report/index.ts'
import { sweepRecord } from '../../../report/sweepSupport.ts'
import { data, model, run, weights, x, y } from './given.ts'
import { rowsOf } from './row.ts'

const recorded = (() => {
  const recorder = report.recorder({ model, data: data() })
  for (const event of api.orThrow(api.train(model, data(), { numEpochs: 1 }))) recorder.see(event)
  return recorder
})()
const details = () => ({
  ...{ title: 'a run', command: 'npx tsx run.ts', settings: { a: 1 }, test: { x: x(), y: y() } },
  ...{ classNames: ['a', 'b'], imageShape: [1, 1, 3] as const },
})
const record = () => recorded.finish(details())
const event = () => ({
  _tag: 'Step',
  step: 1,
  totalSteps: 1,
  epoch: 1,
  loss: 1,
  learningRate: 0.1,
  weights,
  run: run(),
})
const sweepOf = sweepRecord(12)

const logged = (log: report.Log, given: api.Event): unknown => {
  log.see(given)
  return log.close()
}

export const ofReport = rowsOf(
  report,
  {
    recorder: [[() => ({ model, data: data(), probeRows: 2, activations: () => ({ x: x() }) })]],
    reportPage: [[record], [() => [record(), record()]]],
    writeReport: [
      [() => 'run.html', record],
      [() => 'runs.html', () => [record(), record()]],
    ],
    sweepPage: [[() => sweepOf]],
    writeSweepReport: [[() => 'sweep.html', () => sweepOf]],
    jsonlLog: [[() => 'run.jsonl', () => ({ append: true, onError: () => {} })]],
    tensorboardLog: [[() => 'runs', () => ({ append: true, onError: () => {} })]],
  },
  {
    'recorder.see': [(given: api.Event) => report.recorder({ model, data: data() }).see(given), event],
    'recorder.finish': [recorded.finish, details],
    'jsonlLog.see': [
      (path: string, given: api.Event) => logged(report.jsonlLog(path), given),
      () => 'run.jsonl',
      event,
    ],
    'tensorboardLog.see': [
      (path: string, given: api.Event) => logged(report.tensorboardLog(path), given),
      () => 'runs',
      event,
    ],
  },
)
