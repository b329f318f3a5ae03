import { type Command, Option } from 'commander'
import { type ScheduleName, type SolverOptions, schedules, type UpdateRuleName, updateRules } from '../../src/index.ts'
import { number, present, settings } from './cli.ts'

/** The command line's form of SolverOptions. */
export interface SolverFlags {
  readonly updateRule?: UpdateRuleName
  readonly learningRate?: number
  readonly optimConfig?: Record<string, number>
  readonly lrDecay?: number
  readonly schedule?: ScheduleName
  readonly scheduleConfig?: Record<string, number>
  readonly clipNorm?: number
  readonly clipValue?: number
  readonly batchSize?: number
  readonly epochs?: number
  readonly iterations?: number
  readonly replacement?: boolean
  readonly flip?: boolean
  readonly shift?: number
  readonly patience?: number
  readonly trainSamples?: number
  readonly valSamples?: number
  readonly seed?: number
}

export const solverOptions = (command: Command): Command =>
  command
    .addOption(new Option('--update-rule <name>', 'update rule').choices(Object.keys(updateRules)))
    .option('--learning-rate <x>', 'step size, > 0', number)
    .option('--optim-config <settings>', "the rule's other settings, e.g. momentum=0.95", settings)
    .option('--lr-decay <x>', 'multiplies the learning rate after each epoch, in (0, 1]', number)
    .addOption(new Option('--schedule <name>', 'learning-rate schedule').choices(Object.keys(schedules)))
    .option('--schedule-config <settings>', "the schedule's settings, e.g. warmup=500", settings)
    .option('--clip-norm <x>', 'largest global norm of the gradients, > 0', number)
    .option('--clip-value <x>', 'largest absolute value in a gradient, > 0', number)
    .option('--batch-size <n>', 'examples a step', number)
    .option('--epochs <n>', 'passes over the training set', number)
    .option('--iterations <n>', 'steps, in place of whole epochs', number)
    .option('--replacement', 'draw batches with replacement')
    .option('--no-replacement', 'a permutation of all examples an epoch')
    .option('--flip', 'mirror training images at random')
    .option('--no-flip', 'do not mirror them')
    .option('--shift <pixels>', 'most pixels that training images are moved by', number)
    .option('--patience <n>', 'stop after so many epochs without a better validation accuracy', number)
    .option('--train-samples <n>', 'training examples whose accuracy is taken each epoch', number)
    .option('--val-samples <n>', 'validation examples', number)
    .option('--seed <n>', 'seeds weights, batches and dropout', number)

/** What the command line says, over what the experiment has as its defaults. */
export const toSolverOptions = (flags: SolverFlags, defaults: SolverOptions): SolverOptions => {
  const { learningRate, optimConfig, epochs, iterations, trainSamples, valSamples } = flags
  // Another rule or schedule brings its own defaults, so the experiment's settings go with its own only.
  const ownRule = flags.updateRule === undefined || flags.updateRule === defaults.updateRule
  const ownSchedule = flags.schedule === undefined || flags.schedule === defaults.schedule
  const { numIterations, augment, scheduleConfig, ...others } = defaults
  const moves = { ...augment, ...present({ flip: flags.flip, shift: flags.shift }) }
  return {
    ...others,
    // Asking for epochs drops the experiment's number of iterations.
    ...present({ numIterations: iterations ?? (epochs === undefined ? numIterations : undefined) }),
    ...present({
      updateRule: flags.updateRule,
      lrDecay: flags.lrDecay,
      schedule: flags.schedule,
      scheduleConfig: flags.scheduleConfig ?? (ownSchedule ? scheduleConfig : undefined),
      clipNorm: flags.clipNorm,
      clipValue: flags.clipValue,
      batchSize: flags.batchSize,
      replacement: flags.replacement,
      patience: flags.patience,
      seed: flags.seed,
      numEpochs: epochs,
      numTrainSamples: trainSamples,
      numValSamples: valSamples,
    }),
    ...((moves.flip ?? false) !== false || (moves.shift ?? 0) !== 0 ? { augment: moves } : {}),
    optimConfig: {
      ...(ownRule ? defaults.optimConfig : {}),
      ...optimConfig,
      ...present({ learningRate }),
    } as Record<string, number>,
  }
}
