import { type Domain, domainOf, type Space, type Trial, type TrialState } from '../../sweep/index.ts'
import { type Html, html } from '../page/html.ts'
import { count, counted, dateOf, duration, short } from '../page/numbers.ts'
import { factTable } from '../run/overview.ts'
import type { Fact } from '../run/record.ts'
import type { SweepRecord } from './record.ts'
import { clipped, valueText } from './scale.ts'

const counts = (trials: readonly Trial[]): Readonly<Record<TrialState, number>> => {
  const found = { complete: 0, pruned: 0, diverged: 0, failed: 0, running: 0, waiting: 0 }
  for (const { state } of trials) found[state] += 1
  return found
}

const tally = (trials: readonly Trial[]): string =>
  Object.entries(counts(trials))
    .filter(([, n]) => n > 0)
    .map(([state, n]) => `${count(n)} ${state}`)
    .join(', ')

/** Of all trials together: with several workers it is more than has passed. */
const secondsOfWork = (trials: readonly Trial[]): number =>
  trials.reduce((sum, { began, ended }) => sum + (began === undefined || ended === undefined ? 0 : ended - began), 0) /
  1000

const outcome = ({ direction, trials }: SweepRecord, top: Trial | undefined): string => {
  if (trials.length === 0) return 'No trial has begun.'
  const all = `${counted(trials.length, 'trial')}: ${tally(trials)}.`
  return top?.value === undefined
    ? all
    : `Trial ${count(top.number)} has the ${direction === 'maximize' ? 'highest' : 'lowest'} value, ${short(top.value, 5)}. ${all}`
}

const warning = (trials: readonly Trial[], top: Trial | undefined): string | undefined => {
  const { diverged, failed, pruned, running, waiting } = counts(trials)
  if (running + waiting > 0)
    return `The sweep has not ended: ${counted(running + waiting, 'trial')} had no result when this page was written.`
  if (top !== undefined || trials.length === 0) return undefined
  if (failed === trials.length) return 'All trials failed: see the reasons below.'
  return `No trial is complete: ${[`${count(pruned)} pruned`, `${count(diverged)} diverged`, `${count(failed)} failed`].join(', ')}.`
}

const tiles = (trials: readonly Trial[], top: Trial | undefined): readonly Fact[] => {
  const { complete, pruned, diverged, failed } = counts(trials)
  const facts: readonly (Fact | undefined)[] = [
    top?.value === undefined ? undefined : ['best value', short(top.value, 4)],
    ['trials', count(trials.length)],
    ['complete', count(complete)],
    pruned === 0 ? undefined : ['pruned', count(pruned)],
    diverged === 0 ? undefined : ['diverged', count(diverged)],
    failed === 0 ? undefined : ['failed', count(failed)],
    ['time of all trials', duration(secondsOfWork(trials))],
  ]
  return facts.filter((fact) => fact !== undefined)
}

/** Title, outcome, how to repeat it, and the figures that sum it up. */
export const sweepOverview = (record: SweepRecord, top: Trial | undefined): Html => {
  const { command, title, trials } = record
  const told = warning(trials, top)
  return html`<header>
<h1>${title}</h1>
<p class="outcome">${outcome(record, top)}</p>
${told === undefined ? undefined : html`<p class="warning">${told}</p>`}
${command === '' ? undefined : html`<pre><code>${command}</code></pre>`}
<dl class="tiles">${tiles(trials, top).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>`
}

/** The best trial's parameters, and the command that runs it again. */
export const bestTrial = ({ rerun, space }: SweepRecord, top: Trial): Html => {
  const facts = Object.keys(space).flatMap((name): Fact[] => {
    const value = top.params[name]
    return value === undefined ? [] : [[clipped(name, 60), valueText(value, 120)]]
  })
  return html`<div class="pair">${factTable('best-params', `Parameters of trial ${count(top.number)}`, facts)}
<div id="rerun"><h3>To run it again</h3>
${rerun === undefined ? undefined : html`<pre><code>${rerun(top)}</code></pre>`}
<pre class="data"><code>${JSON.stringify(top.params, undefined, 2)}</code></pre></div></div>`
}

const describe = (domain: Domain): string => {
  switch (domain.kind) {
    case 'choice':
      return clipped(`one of ${domain.choices.map((value) => valueText(value, 24)).join(', ')}`, 160)
    case 'int':
      return `${domain.low} … ${domain.high}${domain.step === 1 ? '' : ` in steps of ${domain.step}`}${domain.log ? ', logarithmic' : ''}`
    case 'normal':
      return `normal, mean ${short(domain.mean)}, standard deviation ${short(domain.std)}`
    default:
      if (domain.low === domain.high) return short(domain.low)
      return `${short(domain.low)} to ${short(domain.high)}${domain.kind === 'logUniform' ? ', logarithmic' : ''}`
  }
}

const spaceFacts = (space: Space): Fact[] =>
  Object.entries(space).map(([name, entry]) => [
    clipped(name, 60),
    entry.kind === 'when'
      ? `${describe(domainOf(entry))}; where ${clipped(entry.parent, 40)} is ${entry.values.map((value) => valueText(value, 24)).join(' or ')}`
      : describe(entry),
  ])

/** What was searched, and how. */
export const setup = (record: SweepRecord): Html => {
  const { direction, facts = [], pruner, sampler, seed, space, trials } = record
  const begins = trials.flatMap(({ began }) => (began === undefined ? [] : [began]))
  const ends = trials.flatMap(({ ended }) => (ended === undefined ? [] : [ended]))
  // Not Math.min(...): a call takes no 100,000 arguments.
  const first = begins.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const last = ends.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const settings: Fact[] = [
    ['direction', direction],
    ['sampler', clipped(sampler, 200)],
    ['pruner', clipped(pruner, 200)],
    ['seed', String(seed)],
    ['trials', trials.length === 0 ? '0' : `${count(trials.length)}: ${tally(trials)}`],
    ['time of all trials', duration(secondsOfWork(trials))],
    ...(Number.isFinite(first) ? [['first begun', dateOf(first)] as const] : []),
    ...(Number.isFinite(last) ? [['last ended', dateOf(last)] as const] : []),
    ...facts,
  ]
  return html`<div class="pair">${factTable('space', 'Space', spaceFacts(space))}${factTable('sweep', 'Sweep', settings)}</div>`
}
