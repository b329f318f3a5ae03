import { type Html, html } from '../page/html.ts'
import { count } from '../page/numbers.ts'
import type { RunRecord } from './record.ts'

const MOST_ROWS = 100

/** The parts of the net: what leaves each, and what it costs. */
export const partsTable = ({ parts = [] }: RunRecord): Html | undefined => {
  if (parts.length === 0) return undefined
  const shown = parts.slice(0, MOST_ROWS)
  return html`<div id="parts"><h3>What it is made of</h3><div class="wide"><table>
<thead><tr><th>part</th><th>output</th><th>parameters</th><th>multiplications</th></tr></thead>
<tbody>${shown.map(
    ({ name, outShape, parameters, multiplications }) =>
      html`<tr><td>${name}</td><td>${outShape.join(' × ')}</td><td>${count(parameters)}</td><td>${count(multiplications)}</td></tr>`,
  )}</tbody>
</table></div>
<p class="note">Output and multiplications of one example.${
    parts.length > shown.length ? ` The first ${count(shown.length)} of ${count(parts.length)} parts.` : ''
  }</p></div>`
}
