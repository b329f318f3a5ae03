export { type AshaOptions, asha } from './asha.ts'
export { type HyperbandOptions, hyperband } from './hyperband.ts'
export { type MedianOptions, median } from './median.ts'
export { none } from './none.ts'
