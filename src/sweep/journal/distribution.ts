import { boundsOf, type Domain } from '../space/index.ts'
import type { ParamValue } from '../trial.ts'
import { isRecord } from './operation.ts'

const attributesOf = (domain: Domain): readonly [name: string, attributes: object] => {
  if (domain.kind === 'choice') return ['CategoricalDistribution', { choices: domain.choices }]
  const [low, high] = boundsOf(domain)
  if (domain.kind === 'int') return ['IntDistribution', { log: domain.log, step: domain.step, low, high }]
  return ['FloatDistribution', { step: null, low, high, log: domain.kind === 'logUniform' }]
}

/**
 * A domain as Optuna's distribution, in JSON. Optuna has no normal distribution: one becomes the interval mean ± 9·std, which holds
 * all that is drawn; that it is normal stands in the study's attribute.
 *
 * @example distributionOf({ kind: 'choice', choices: ['sgd', 'adam'] })   // '{"name":"CategoricalDistribution","attributes":{"choices":["sgd","adam"]}}'
 */
export const distributionOf = (domain: Domain): string => {
  const [name, attributes] = attributesOf(domain)
  return JSON.stringify({ name, attributes })
}

/** A value as Optuna stores it: a choice by its index. */
export const internalOf = (domain: Domain, value: ParamValue): number =>
  domain.kind === 'choice' ? domain.choices.indexOf(value) : (value as number)

const choicesOf = (distribution: string): readonly ParamValue[] | undefined => {
  try {
    const value: unknown = JSON.parse(distribution)
    const attributes = isRecord(value) && value.name === 'CategoricalDistribution' ? value.attributes : undefined
    return isRecord(attributes) && Array.isArray(attributes.choices) ? attributes.choices : undefined
  } catch {
    return undefined
  }
}

/** Reads stored values; distributions are the same texts again and again, so each is parsed once. */
export const reader = (): ((distribution: string | undefined, internal: number) => ParamValue | undefined) => {
  const known = new Map<string, readonly ParamValue[] | undefined>()
  return (distribution, internal) => {
    if (distribution === undefined) return undefined
    if (!known.has(distribution)) known.set(distribution, choicesOf(distribution))
    const choices = known.get(distribution)
    return choices === undefined ? internal : choices[internal]
  }
}
