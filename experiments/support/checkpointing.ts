import type { Command } from 'commander'
import { type Checkpoints, openCheckpoints, type Run } from '../../src/checkpoint/index.ts'
import { fail, orFail, warn } from './cli.ts'
import { atLeastOne } from './study.ts'

/** Where and how often the command line wants checkpoints. */
export interface CheckpointFlags {
  readonly checkpoint?: string
  readonly every?: number
  readonly resume?: true
}

export const checkpointOptions = (command: Command): Command =>
  command
    .option('--checkpoint <folder>', 'write checkpoints there, so that the run survives anything')
    .option('--every <steps>', 'steps between two checkpoints; one after each epoch unless given', atLeastOne)
    .option('--resume', 'go on from the newest checkpoint in the folder, if there is one')

/** Ends the process where flags need another one. */
export const checkCheckpointing = ({ checkpoint, every, resume }: CheckpointFlags): void => {
  if (checkpoint !== undefined || (resume === undefined && every === undefined)) return
  fail(`${resume ? '--resume' : '--every'} needs the folder of the checkpoints: --checkpoint <folder>`)
}

/** Checkpoints as the flags ask for, and whether the run goes on from one. */
export const checkpointing = async (
  { checkpoint, every, resume }: CheckpointFlags,
  run: Run,
): Promise<Checkpoints | undefined> => {
  if (checkpoint === undefined) return undefined
  const options = { onWarning: warn, ...(every === undefined ? {} : { every }), ...(resume ? { resume } : {}) }
  const checkpoints = orFail(await openCheckpoints(checkpoint, run, options)())
  if (resume) {
    const step = checkpoints.from?.lossHistory.length
    console.log(
      step === undefined ? `no checkpoint in ${checkpoint} yet: from the start` : `going on after step ${step}`,
    )
  }
  return checkpoints
}
