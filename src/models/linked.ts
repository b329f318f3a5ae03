import { sigmoidForward, softmax } from '../layers/index.ts'
import type { Tensor } from '../tensor/index.ts'
import type { Link } from './task.ts'

const links: Readonly<Record<Link, (out: Tensor) => Tensor>> = {
  softmax,
  sigmoid: (out) => sigmoidForward(out)[0],
  identity: (out) => out,
}

/** What a net's outputs say: the probabilities of a classifier, the numbers of a regression. */
export const linked = (link: Link, out: Tensor): Tensor => links[link](out)
