import { functionOf, oneOf } from '../../errors/index.ts'
import { best, rank } from '../../sweep/index.ts'
import { document } from '../page/document.ts'
import { aNumber, aRecord, aText, drawn, facts, perhaps, records } from '../page/drawn.ts'
import { section } from '../page/figure.ts'
import { html } from '../page/html.ts'
import { curvesFigure } from './curves.ts'
import { historyFigure } from './history.ts'
import { importanceFigure } from './importance.ts'
import { bestTrial, setup, sweepOverview } from './overview.ts'
import { parallelFigure } from './parallel.ts'
import type { SweepRecord } from './record.ts'
import { slicesFigure } from './slices.ts'
import { faultTable, trialTable } from './table.ts'

const style = `
pre.data { margin-top: 12px; max-height: 420px; overflow: auto; }
pre.data::before { content: none; }
#rerun pre:first-of-type { margin-top: 10px; }
.slices { grid-template-columns: repeat(auto-fill, minmax(290px, 1fr)); }
#trials td:nth-child(4) { font-weight: 620; }
#trials tr:not(.complete) td { color: var(--muted); font-weight: 400; }
#trials tr.diverged td:nth-child(3), #trials tr.failed td:nth-child(3) { color: var(--wrong); }
.wide + .note + div { margin-top: 40px; }
.reasons div { grid-template-columns: 3fr minmax(8em, 1fr); }
`

/** The parts of it that must be there; what is in them is found out when they are drawn. */
const fields = {
  ...{ title: aText, command: aText, direction: oneOf(['maximize', 'minimize']), space: aRecord, sampler: aText },
  ...{ pruner: aText, seed: aNumber, trials: records, facts: perhaps(facts), rerun: perhaps(functionOf()) },
}

/**
 * A sweep as one HTML page that needs nothing else: no script, no font, no network; light and dark, screen and paper
 *
 * @param given  what is known of the sweep; it may still be running
 * @returns      the page; what there is nothing to show of is left out, all text is escaped, and it stays under 2 MB with 10,000 trials
 * @throws       ReportError when the package echarts, which draws, is not installed
 * @example      const record = { title: 'A sweep', command: '', direction: 'maximize', space: {}, sampler: 'random()', pruner: 'none()' }
 *               sweepPage({ ...record, seed: 0, trials: [] }).slice(0, 15)   // '<!doctype html>'
 * @see          `writeSweepReport`; `importance` for how parameters are weighed
 */
export const sweepPage = (given: SweepRecord): string => pageOfSweep('sweepPage', given)

/** The same for who was asked under another name. @internal */
export const pageOfSweep = (where: string, given: SweepRecord): string =>
  drawn(where, given, fields, 'a SweepRecord with the space and the trials of a sweep', () => pageOf(given))

const pageOf = (given: SweepRecord): string => {
  const record = { ...given, trials: [...given.trials].sort((a, b) => a.number - b.number) }
  const { direction, title, trials } = record
  const ranked = rank(trials, direction)
  const top = best(trials, direction)
  return document(
    title,
    html`${sweepOverview(record, top)}
${section('best', 'The best trial', [top === undefined ? undefined : bestTrial(record, top)])}
${section('progress', 'How it went', [historyFigure(record), curvesFigure(record, ranked)])}
${section('parameters', 'What mattered', [importanceFigure(record), parallelFigure(record, ranked), slicesFigure(record, ranked)])}
${section('table', 'Trials', [trialTable(record, ranked), faultTable(trials)])}
${section('setup', 'Setup', [setup(record)])}`,
    style,
  )
}
