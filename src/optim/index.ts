export { type Adagrad, adagrad } from './adagrad.ts'
export { type Adam, adam } from './adam.ts'
export { type Adamw, adamw } from './adamw.ts'
export { type Averaging, average, averageDecay, averaging } from './average.ts'
export { clipByGlobalNorm, clipByValue, globalNorm } from './clip.ts'
export {
  checkGroups,
  type FrozenEpochs,
  type GroupSettings,
  type ParameterGroup,
  parameterGroups,
  type WeightSettings,
} from './groups.ts'
export { type Nesterov, nesterov } from './nesterov.ts'
export { type Plateau, reduceOnPlateau, startOfPlateau } from './reduceOnPlateau.ts'
export { type Rmsprop, rmsprop } from './rmsprop.ts'
export {
  constant,
  cosine,
  exponentialDecay,
  oneCycle,
  type Progress,
  piecewiseLinear,
  type Schedule,
  type ScheduleName,
  type SchedulePoint,
  scheduleSettingsOf,
  schedules,
  stepDecay,
  triangular,
} from './schedules.ts'
export { type Sgd, sgd } from './sgd.ts'
export { type SgdMomentum, sgdMomentum } from './sgdMomentum.ts'
export { checkedRule, OverflowError, type UpdateRule } from './updateRule.ts'
export { type ConfigOf, settingsOf, type UpdateRuleName, updateRules } from './updateRules.ts'
