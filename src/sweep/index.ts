/**
 * Hyperparameter sweeps: spaces, samplers, pruners, worker threads, a journal in Optuna's format.
 *
 * @module cachegrad/sweep
 */

export type { StopSignal } from '../errors/index.ts'
export type { Job, JobResult, Outcome } from './engine/attempt.ts'
export type { Listener } from './engine/reporting.ts'
export type { OpenPool, PoolContext, WorkerPool } from './engine/workerPool.ts'
export { SweepError } from './errors.ts'
export type {
  Begun,
  Ended,
  Opened,
  Retried,
  SweepEvent,
  SweepResult,
  TrialReported,
  Warned,
  WorkerMembership,
} from './events.ts'
export { seenBy } from './generations.ts'
export { identityOf } from './identity.ts'
export { type Importance, importance, type Share } from './importance/importance.ts'
export { type Json, type Objective, type RunningTrial, TrialDiverged, TrialPruned } from './objective.ts'
export type { Pruner, PrunerView } from './pruner.ts'
export {
  type AshaOptions,
  asha,
  type HyperbandOptions,
  hyperband,
  type MedianOptions,
  median,
  none,
} from './pruners/index.ts'
export { rerun } from './rerun.ts'
export { type RunOptions, runSweep } from './runSweep.ts'
export type { Sampler, SamplerView } from './sampler.ts'
export {
  type CoarseToFineOptions,
  coarseToFine,
  type GridOptions,
  grid,
  quasiRandom,
  random,
  type TpeOptions,
  tpe,
} from './samplers/index.ts'
export {
  type Choice,
  cardinality,
  choice,
  type Domain,
  domainAt,
  domainOf,
  type Int,
  type IntOptions,
  int,
  isActive,
  type LogUniform,
  logUniform,
  type Normal,
  normal,
  orderOf,
  type ParamsOf,
  paramsBy,
  type Space,
  sampleSpace,
  shareBelow,
  spaceSize,
  spaces,
  type Uniform,
  uniform,
  unitDraw,
  valueAt,
  type When,
  when,
} from './space/index.ts'
export { type Study, type SweepOptions, sweep } from './sweep.ts'
export { best, rank, toCsv, toJson } from './table.ts'
export { type ThreadPoolOptions, threadPool } from './threadPool.ts'
export {
  type Direction,
  isFinal,
  type Params,
  type ParamValue,
  type Reported,
  type Trial,
  type TrialState,
} from './trial.ts'
