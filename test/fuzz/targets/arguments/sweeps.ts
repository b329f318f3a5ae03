import * as api from '../../../../src/index.ts'
import * as queue from '../../../../src/queue/index.ts'
import * as sweeps from '../../../../src/sweep/index.ts'
import { ordered } from '../../../sweep/studies/ordered.ts'
import { key } from './given.ts'
import { rowsOf } from './row.ts'

const space = () => ({
  rate: sweeps.logUniform(1e-4, 1),
  units: sweeps.int(1, 9, { step: 2 }),
  rule: sweeps.choice(['sgd', 'adam']),
  momentum: sweeps.when('rule', ['sgd'], sweeps.uniform(0, 1)),
})
const params = () => ({ rate: 0.1, units: 3, rule: 'sgd', momentum: 0.5 })
const trial = (number: number): sweeps.Trial => ({
  ...{
    number,
    state: 'complete',
    params: params(),
    value: number % 7,
    reported: [{ step: 1, value: number }],
    notes: {},
  },
  ...{ reason: undefined, attempts: 1, began: 0, ended: 1000 },
})
const trials = () => Array.from({ length: 12 }, (_, number) => trial(number))
const study = () => ordered(1, 2)
const options = () => ({
  ...{ space: space(), data: () => 0, objective: () => 1, direction: 'minimize', sampler: sweeps.random() },
  ...{ pruner: sweeps.none(), trials: 2, seed: 1, repeats: 1 },
})
const view = () => ({ space: space(), direction: 'minimize', number: 12, studyKey: api.key(0), seen: trials() })
const reports = () => ({ direction: 'minimize', number: 12, reported: [{ step: 1, value: 1 }], seen: trials() })
const domain = () => sweeps.int(1, 9)

const module = new URL('../../../sweep/studies/reader.ts', import.meta.url).href
// Nobody listens at port 1.
const address = () => ({ url: 'redis://127.0.0.1:1', name: 'study', module })

export const ofSweep = rowsOf(
  sweeps,
  {
    uniform: [[() => 0, () => 1]],
    logUniform: [[() => 1e-4, () => 1]],
    int: [[() => 1, () => 9, () => ({ step: 2, log: false })]],
    normal: [[() => 0, () => 1]],
    choice: [[() => ['a', 'b']]],
    when: [[() => 'rule', () => ['sgd'], domain]],
    spaces: [[() => ({ a: domain() }), () => ({ b: domain() })]],
    domainOf: [[() => space().momentum]],
    domainAt: [[space, () => 'rate']],
    cardinality: [[domain]],
    valueAt: [[domain, () => 0.5]],
    shareBelow: [[domain, () => 3]],
    isActive: [[space, params, () => 'momentum']],
    orderOf: [[space]],
    spaceSize: [[space]],
    unitDraw: [[key, () => 'rate']],
    paramsBy: [[space, () => (name: string) => (params() as sweeps.Params)[name]]],
    sampleSpace: [[space, key]],
    seenBy: [[() => 12, () => 4, () => 4]],
    random: [[]],
    quasiRandom: [[]],
    grid: [[() => ({ levels: 3 })]],
    coarseToFine: [[() => ({ stage: 9, shrink: 0.5 })]],
    tpe: [[() => ({ startup: 4, gamma: 0.25, candidates: 4, generation: 2 })]],
    none: [[]],
    median: [[() => ({ startup: 4, warmup: 1, generation: 2 })]],
    asha: [[() => ({ minSteps: 1, maxSteps: 9, reductionFactor: 3, generation: 2 })]],
    hyperband: [[() => ({ minSteps: 1, maxSteps: 9, reductionFactor: 3, generation: 2 })]],
    sweep: [[options]],
    identityOf: [[study]],
    best: [[trials, () => 'minimize']],
    rank: [[trials, () => 'minimize']],
    isFinal: [[() => trial(1)]],
    toCsv: [[trials, () => ['rate']]],
    toJson: [[trials]],
    importance: [[space, trials, key]],
    rerun: [[study, () => ({ number: 0, params: { x: 0.5, kind: 'a' } }), () => () => {}]],
    runSweep: [[study, () => ({ journal: 'study.jsonl', retries: 1, see: () => {} })]],
  },
  {
    'sampler.suggest': [api.orThrow(sweeps.tpe({ startup: 4 })).suggest, view, key],
    'random().suggest': [sweeps.random().suggest, view, key],
    'quasiRandom().suggest': [sweeps.quasiRandom().suggest, view, key],
    'grid().suggest': [api.orThrow(sweeps.grid()).suggest, view, key],
    'coarseToFine().suggest': [api.orThrow(sweeps.coarseToFine()).suggest, view, key],
    'sampler.size': [sweeps.random().size, space],
    'sampler.sees': [api.orThrow(sweeps.tpe()).sees, () => 3],
    'median().prune': [api.orThrow(sweeps.median()).prune, reports],
    'asha().prune': [api.orThrow(sweeps.asha()).prune, reports],
    'hyperband().prune': [api.orThrow(sweeps.hyperband({ maxSteps: 9 })).prune, reports],
    threadPool: [
      async (...given: Parameters<typeof sweeps.threadPool>) => {
        const pool = await sweeps.threadPool(...given)
        await pool.close()
      },
      study,
      () => ({ module, workers: 1, data: () => 0, heartbeatTimeout: 60 }),
    ],
  },
)

export const ofQueue = rowsOf(
  queue,
  { workOnQueue: [[study, () => ({ ...address(), workers: 1, folder: 'shared', leaseDuration: 30, see: () => {} })]] },
  {
    onQueue: [(given: queue.QueueOptions) => sweeps.runSweep(study(), { pool: queue.onQueue(given) }), address],
  },
)
