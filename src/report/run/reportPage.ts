import { ReportError } from '../errors.ts'
import { document } from '../page/document.ts'
import { aDate, aNumber, aRecord, aText, drawn, facts, numbers, perhaps, records } from '../page/drawn.ts'
import { pair, section } from '../page/figure.ts'
import { html } from '../page/html.ts'
import { dateOf } from '../page/numbers.ts'
import { insideSection } from './inside.ts'
import { learningSection } from './learning.ts'
import { factTable, overview } from './overview.ts'
import type { RunRecord } from './record.ts'
import { runsPage } from './runsPage.ts'
import { testSection } from './testing.ts'

/** The parts of it that must be there; what is in them is found out when they are drawn. */
const fields = {
  ...{ title: aText, command: aText, status: aText, fault: perhaps(aText), backend: aText },
  ...{ began: aDate, seconds: aNumber, measuringSeconds: aNumber, steps: aNumber, parameters: aNumber },
  ...{ parts: perhaps(records), best: perhaps(aRecord), settings: facts, machine: facts },
  ...{ loss: numbers, learningRate: numbers, epochs: records, layers: aRecord, distributions: records },
  ...{ test: perhaps(aRecord), firstLayer: perhaps(aRecord), maps: perhaps(aRecord) },
}

/**
 * A run, or several, as one HTML page that needs nothing else: no script, no font, no network; light and dark, screen and paper
 *
 * Of several runs their curves lie on top of each other, above a table of their scores, times and of the settings in which they differ; runs
 * that differ in their seeds only have a mean and a standard deviation.
 *
 * @param record  from a `recorder`, or a list of such, at least one, whose tasks have the same score
 * @returns       the page; sections without anything to show are left out, and all text is escaped
 * @throws        ReportError when the package echarts, which draws, is not installed; for a list without a run, or with two scores
 * @example       const nothing = { loss: [], learningRate: [], epochs: [], distributions: [], settings: [], machine: [] }
 *                const layers = { probeRows: 0, gradientNorms: [], updateRatios: [] }
 *                const run = { status: 'finished', backend: 'js', began: 0, seconds: 1, measuringSeconds: 0, steps: 0, parameters: 0 }
 *                const record = { ...nothing, ...run, layers, title: 'A run', command: '', score: { name: 'accuracy', label: 'accuracy', better: 'higher' } }
 *                reportPage(record).slice(0, 15)   // '<!doctype html>'
 *                reportPage([record, { ...record, title: 'Another' }]).includes('<h1>2 runs</h1>')   // true
 * @see           `writeReport`
 */
export const reportPage = (record: RunRecord | readonly RunRecord[]): string => pageOfRuns('reportPage', record)

const remedy = "the record that a recorder's finish returns"

/** The same for who was asked under another name. @internal */
export const pageOfRuns = (where: string, record: RunRecord | readonly RunRecord[]): string => {
  if (!isList(record)) return drawn(where, record, fields, remedy, () => pageOf(record))
  if (record.length === 0) throw new ReportError(`${where}: the list has no run; give at least one record`)
  for (const [i, one] of record.entries()) drawn(`${where}: run ${i} of the list`, one, fields, remedy, () => '')
  return drawn(where, record[0], {}, remedy, () => runsPage(where, record))
}

// Array.isArray would leave a read-only list what it was.
const isList = (record: RunRecord | readonly RunRecord[]): record is readonly RunRecord[] => Array.isArray(record)

const pageOf = (record: RunRecord): string =>
  document(
    record.title,
    html`${overview(record)}
${section('setup', 'Setup', [pair(factTable('settings', 'Settings', record.settings), factTable('machine', 'Machine', record.machine))])}
${learningSection(record)}
${testSection(record)}
${insideSection(record)}
<footer>Recorded ${dateOf(record.began)}. Measuring for this page took ${(record.seconds > 0 ? (100 * record.measuringSeconds) / record.seconds : 0).toFixed(1)} % of the time.</footer>`,
  )
