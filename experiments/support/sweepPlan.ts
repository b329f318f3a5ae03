import { printable } from '../../src/files/index.ts'
import { orThrow } from '../../src/index.ts'
import {
  type Domain,
  domainOf,
  orderOf,
  type RunningTrial,
  runSweep,
  type Study,
  TrialPruned,
} from '../../src/sweep/index.ts'
import { clock } from './sweepTable.ts'

const domainText = (domain: Domain): string => {
  switch (domain.kind) {
    case 'choice':
      return `one of ${domain.choices.join(', ')}`
    case 'normal':
      return `normal, mean ${domain.mean}, std ${domain.std}`
    case 'int':
      return `${domain.low} … ${domain.high}${domain.step === 1 ? '' : ` in steps of ${domain.step}`}${domain.log ? ', log' : ''}`
    default:
      return `${domain.low} … ${domain.high}${domain.kind === 'logUniform' ? ', log' : ''}`
  }
}

/** Each parameter and its values. */
export const spaceLines = ({ space }: Study): readonly string[] =>
  orderOf(space).map((name) => {
    const entry = space[name]
    const condition = entry?.kind === 'when' ? `, where ${entry.parent} is ${entry.values.join(' or ')}` : ''
    return printable(entry === undefined ? name : `  ${name.padEnd(14)} ${domainText(domainOf(entry))}${condition}`)
  })

const TIMED = 4 // trials, of one epoch each

/**
 * Seconds of a whole trial on one core, from an epoch of each of the first few.
 *
 * @param epochs  reports of a trial that is not pruned
 */
export const secondsPerTrial = async (study: Study, epochs: number): Promise<number> => {
  let total = 0
  const objective = (trial: RunningTrial<never>, data: unknown) => {
    const started = performance.now()
    const report: RunningTrial['report'] = () => {
      total += (performance.now() - started) / 1000
      throw new TrialPruned('one epoch is enough')
    }
    return study.objective(Object.create(trial, { report: { value: report } }), data)
  }
  orThrow(await runSweep({ ...study, trials: TIMED, repeats: 1, objective })())
  return (study.repeats * epochs * total) / TIMED
}

/** How long trials take that keep all workers at work: longer than those that are pruned. */
export const timeText = (seconds: number, trials: number, workers: number): string =>
  `about ${clock((seconds * trials) / workers)} for ${trials} trials of ${seconds.toFixed(1)} s on ${workers} workers, less what is pruned or done already`
