/**
 * A run in a file, so that one that was killed goes on bit for bit.
 *
 * @module cachegrad/checkpoint
 */

export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts'
export { type CheckpointOptions, type Checkpoints, openCheckpoints } from './checkpoints.ts'
export type { Description, Run } from './description.ts'
export { CheckpointError } from './errors.ts'
export { readCheckpoint } from './folder.ts'
export { type TrialLike, trainTrial } from './trainTrial.ts'
