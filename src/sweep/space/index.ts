export { type Axis, axisOf, contains, shareBelow, valueAt } from './axis.ts'
export { boundsOf, type Numeric } from './bounds.ts'
export { checkSpace } from './check.ts'
export {
  type Choice,
  cardinality,
  choice,
  type Domain,
  domainOf,
  type Int,
  type IntOptions,
  int,
  type LogUniform,
  logUniform,
  type Normal,
  normal,
  type Uniform,
  uniform,
  type When,
  when,
} from './domain.ts'
export { keyOf, paramsBy, sampleSpace, unitDraw } from './draw.ts'
export {
  childrenOf,
  conditionOf,
  domainAt,
  isActive,
  orderOf,
  type ParamsOf,
  type Space,
  spaces,
} from './parameters.ts'
export { broughtBy, sizeOf, spaceSize } from './size.ts'
