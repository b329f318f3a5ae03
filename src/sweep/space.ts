export { type Axis, axisOf, boundsOf, contains, type Numeric, shareBelow, valueAt } from './spaceAxis.ts'
export { checkSpace } from './spaceCheck.ts'
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
} from './spaceDomain.ts'
export { keyOf, paramsBy, sampleSpace, unitDraw } from './spaceDraw.ts'
export {
  childrenOf,
  conditionOf,
  domainAt,
  isActive,
  orderOf,
  type ParamsOf,
  type Space,
  spaces,
} from './spaceParameters.ts'
export { broughtBy, sizeOf, spaceSize } from './spaceSize.ts'
