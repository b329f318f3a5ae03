export {
  type Augmentation,
  augmentation,
  augmentationFault,
  type FlipSides,
  gatherAugmented,
} from './augment.ts'
export { aKey, checkKey, foldIn, type Key, key } from './key.ts'
export { normalQuantile } from './normalQuantile.ts'
export { normal, permutation, randomIndices, uniform } from './random.ts'
