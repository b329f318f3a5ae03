import type { Trial } from '../../sweep/index.ts'
import type { Html } from '../page/html.ts'
import { html } from '../page/html.ts'
import { count, counted, duration, short } from '../page/numbers.ts'
import type { SweepRecord } from './record.ts'
import { clipped, valueText } from './scale.ts'

/** Rows of the table; the exports have all. */
export const MOST_ROWS = 100
const MOST_FAULTS = 12

const secondsOf = ({ began, ended }: Trial): number =>
  began === undefined || ended === undefined ? Number.NaN : (ended - began) / 1000

/** The value, with its deviation where it is a mean of several runs. */
const valueCell = ({ value, notes }: Trial): string => {
  if (value === undefined) return ''
  const { std, repeats } = notes
  const spread = typeof std === 'number' && typeof repeats === 'number' ? ` ± ${short(std, 2)} (n = ${repeats})` : ''
  return `${short(value, 5)}${spread}`
}

const row = (names: readonly string[], trial: Trial, place: number): Html =>
  html`<tr class="${trial.state}"><td>${place + 1}</td><td>${trial.number}</td><td>${trial.state}</td><td>${valueCell(trial)}</td>${names.map(
    (name) => html`<td>${valueText(trial.params[name], 28)}</td>`,
  )}<td>${Number.isNaN(secondsOf(trial)) ? '' : duration(secondsOf(trial))}</td></tr>`

/** The trials, best first. */
export const trialTable = ({ space }: SweepRecord, ranked: readonly Trial[]): Html | undefined => {
  if (ranked.length === 0) return undefined
  const names = Object.keys(space)
  const shown = ranked.slice(0, MOST_ROWS)
  return html`<div class="wide"><table id="trials">
<thead><tr><th>rank</th><th>trial</th><th>state</th><th>value</th>${names.map((name) => html`<th>${clipped(name, 28)}</th>`)}<th>time</th></tr></thead>
<tbody>${shown.map((trial, place) => row(names, trial, place))}</tbody>
</table></div>
<p class="note">Complete trials by value, then pruned, diverged, failed and unfinished ones.${
    ranked.length > shown.length ? ` The first ${count(shown.length)} of ${count(ranked.length)}.` : ''
  }</p>`
}

/** Why trials have no value: a reason and the trials that had it, the commonest first. */
export const faultTable = (trials: readonly Trial[]): Html | undefined => {
  const byReason = new Map<string, number[]>()
  for (const { state, reason, number } of trials) {
    if (state !== 'diverged' && state !== 'failed') continue
    // The first line of a stack is its message.
    const text = `${state}: ${clipped((reason ?? 'no reason was given').trim().split('\n')[0] ?? '', 240)}`
    byReason.set(text, [...(byReason.get(text) ?? []), number])
  }
  const reasons = [...byReason].sort(([, a], [, b]) => b.length - a.length)
  if (reasons.length === 0) return undefined
  const rest = reasons.slice(MOST_FAULTS)
  const hidden = rest.reduce((sum, [, numbers]) => sum + numbers.length, 0)
  return html`<div id="faults"><h3>Trials without a value</h3><dl class="facts reasons">${reasons
    .slice(0, MOST_FAULTS)
    .map(
      ([text, numbers]) =>
        html`<div><dt>${text}</dt><dd>${numbers.length === 1 ? `trial ${numbers[0]}` : `${counted(numbers.length, 'trial')}: ${numbers.slice(0, 8).join(', ')}${numbers.length > 8 ? ', …' : ''}`}</dd></div>`,
    )}</dl>${rest.length === 0 ? undefined : html`<p class="note">${counted(hidden, 'more trial')} with ${counted(rest.length, 'other reason')}.</p>`}</div>`
}
