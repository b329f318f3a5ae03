import type { Command } from 'commander'
import type { Activation, FullyConnectedNetOptions, Normalization, WeightScale } from '../../src/index.ts'
import { number, numberOrName, present, sizes } from './cli.ts'

/** The command line's form of FullyConnectedNetOptions. */
export interface NetFlags {
  readonly hidden?: readonly number[]
  readonly weightScale?: WeightScale
  readonly reg?: number
  readonly keepProb?: number
  readonly normalization?: Normalization
  readonly activation?: Activation
}

export const netOptions = (command: Command): Command =>
  command
    .option('--hidden <sizes>', 'sizes of the hidden layers, e.g. 100,50; none for a linear classifier', sizes)
    .option('--weight-scale <x>', "standard deviation of the initial weights, 'he' or 'xavier'", numberOrName)
    .option('--reg <x>', 'L2 regularization, ≥ 0', number)
    .option('--keep-prob <x>', 'dropout: probability that a unit is kept, in (0, 1]', number)
    .option('--normalization <name>', 'batchnorm or layernorm')
    .option('--activation <name>', 'relu, leakyRelu, sigmoid, tanh or gelu')

/** What the command line says, over what the experiment has as its defaults. */
export const toNetOptions = (flags: NetFlags, defaults: FullyConnectedNetOptions): FullyConnectedNetOptions => ({
  ...defaults,
  ...present({
    hiddenDims: flags.hidden,
    weightScale: flags.weightScale,
    reg: flags.reg,
    keepProb: flags.keepProb,
    normalization: flags.normalization,
    activation: flags.activation,
  }),
})
