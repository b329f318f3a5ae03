import { isRecord, naturalNumber, positiveInteger, shown } from '../errors/index.ts'
import { aDirection } from './requirements.ts'
import type { Study } from './sweep.ts'

/** Why it is no study; undefined where it is one. */
export const studyFault = (value: unknown): string | undefined => {
  const study = (isRecord(value) ? value : {}) as Partial<Study>
  const isStudy =
    study._tag === 'Study' &&
    [study.objective, study.data, study.sampler?.suggest, study.pruner?.prune].every((f) => typeof f === 'function') &&
    isRecord(study.space) &&
    aDirection.holds(study.direction) &&
    positiveInteger.holds(study.trials) &&
    naturalNumber.holds(study.seed) &&
    positiveInteger.holds(study.repeats)
  return isStudy
    ? undefined
    : `study must be what sweep({ … }) gives, taken out of its Either, e.g. orThrow(sweep({ … })), but got ${shown(value)}`
}
