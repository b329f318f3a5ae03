import { adagrad } from './adagrad.ts'
import { adam } from './adam.ts'
import { adamw } from './adamw.ts'
import { nesterov } from './nesterov.ts'
import { rmsprop } from './rmsprop.ts'
import { sgd } from './sgd.ts'
import { sgdMomentum } from './sgdMomentum.ts'
import type { UpdateRule } from './updateRule.ts'

/** The rules by name, for scripts and sweeps. */
export const updateRules = { sgd, sgdMomentum, nesterov, adagrad, rmsprop, adam, adamw } as const

/** What an update rule is called among the options of a run. @useDeclaredType */
export type UpdateRuleName = keyof typeof updateRules

/** The settings and slots of a rule, e.g. `ConfigOf<'adam'>`. */
export type ConfigOf<N extends UpdateRuleName> = (typeof updateRules)[N] extends UpdateRule<infer C> ? C : never

/** The settings that each rule knows, for checks and help. */
export const settingsOf: { readonly [N in UpdateRuleName]: readonly (keyof ConfigOf<N> & string)[] } = {
  sgd: ['learningRate', 'weightDecay'],
  sgdMomentum: ['learningRate', 'momentum', 'weightDecay'],
  nesterov: ['learningRate', 'momentum', 'weightDecay'],
  adagrad: ['learningRate', 'epsilon'],
  rmsprop: ['learningRate', 'decayRate', 'epsilon'],
  adam: ['learningRate', 'beta1', 'beta2', 'epsilon'],
  adamw: ['learningRate', 'beta1', 'beta2', 'epsilon', 'weightDecay'],
}
