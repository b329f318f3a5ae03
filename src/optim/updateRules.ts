import { type Adagrad, adagrad } from './adagrad.ts'
import { type Adam, adam } from './adam.ts'
import { type Adamw, adamw } from './adamw.ts'
import { type Nesterov, nesterov } from './nesterov.ts'
import { type Rmsprop, rmsprop } from './rmsprop.ts'
import { type Sgd, sgd } from './sgd.ts'
import { type SgdMomentum, sgdMomentum } from './sgdMomentum.ts'
import type { UpdateRule } from './updateRule.ts'

/** The rules by name, for scripts and sweeps. */
export const updateRules = { sgd, sgdMomentum, nesterov, adagrad, rmsprop, adam, adamw } as const

export type UpdateRuleName = keyof typeof updateRules

/** The settings and slots of a rule, e.g. `ConfigOf<'adam'>`. */
export type ConfigOf<N extends UpdateRuleName> = (typeof updateRules)[N] extends UpdateRule<infer C> ? C : never

/** The settings that each rule knows, for checks and help. */
export const settingsOf: { readonly [N in UpdateRuleName]: readonly (keyof ConfigOf<N> & string)[] } = {
  sgd: ['learningRate'] satisfies (keyof Sgd)[],
  sgdMomentum: ['learningRate', 'momentum'] satisfies (keyof SgdMomentum)[],
  nesterov: ['learningRate', 'momentum'] satisfies (keyof Nesterov)[],
  adagrad: ['learningRate', 'epsilon'] satisfies (keyof Adagrad)[],
  rmsprop: ['learningRate', 'decayRate', 'epsilon'] satisfies (keyof Rmsprop)[],
  adam: ['learningRate', 'beta1', 'beta2', 'epsilon'] satisfies (keyof Adam)[],
  adamw: ['learningRate', 'beta1', 'beta2', 'epsilon', 'weightDecay'] satisfies (keyof Adamw)[],
}
