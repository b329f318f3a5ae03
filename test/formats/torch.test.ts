import { test } from 'vitest'
import { orThrow } from '../../src/errors/index.ts'
import { decodeNpz, transpose, weightsFrom } from '../../src/formats/index.ts'
import { fullyConnectedNet } from '../../src/models/index.ts'
import type { Tensor } from '../../src/tensor/index.ts'
import { close } from '../support.ts'
import { fixture } from './support.ts'

test("a PyTorch net's weights give its logits: Linear's (M, D) is transposed, the rest is as it is", () => {
  const torch = orThrow(decodeNpz('torch.npz', fixture('torch.npz')))
  const named = (name: string): Tensor => torch[name] as Tensor
  const options = { inputDim: 6, hiddenDims: [5], numClasses: 3, normalization: 'batchnorm' } as const
  const model = orThrow(fullyConnectedNet(options))
  const weights = orThrow(
    weightsFrom(model, {
      W1: transpose(named('0.weight')),
      b1: named('0.bias'),
      gamma1: named('1.weight'),
      beta1: named('1.bias'),
      runningMean1: named('1.running_mean'),
      runningVar1: named('1.running_var'),
      W2: transpose(named('3.weight')),
      b2: named('3.bias'),
    }),
  )
  close(model.scores(weights, named('x')), named('logits'), 1e-5)
})
