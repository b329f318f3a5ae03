import { spreadOf } from '../../solver/index.ts'
import { ReportError } from '../errors.ts'
import { muted, series } from '../page/chart.ts'
import { bySteps, type Point, thin } from '../page/curves.ts'
import { document } from '../page/document.ts'
import { chartFigure, type Key, pair, section } from '../page/figure.ts'
import { type Html, html } from '../page/html.ts'
import { count, counted, dateOf, duration, percent, short } from '../page/numbers.ts'
import { accuracyChart, type Curve, lossChart, scoreChart, smoothingSpan } from './curveCharts.ts'
import { capital } from './learning.ts'
import { factTable, headline } from './overview.ts'
import type { EpochRecord, Fact, RunRecord, ScoreRecord } from './record.ts'
import { isAccuracy, scoreText } from './score.ts'

const WIDE = { width: 1016, height: 320 }

/** Runs that have a colour of their own. */
const COLORS = 8

const colorOf = (run: number): string => (run < COLORS ? series(run) : muted)

/** One text if all are equal. */
const common = (texts: readonly string[]): string | undefined =>
  texts.every((text) => text === texts[0]) ? texts[0] : undefined

/** Settings that all runs have alike, and the names of the others, in the order in which they come. */
const compared = (
  records: readonly RunRecord[],
): { readonly shared: readonly Fact[]; readonly different: readonly string[] } => {
  const all = records.map(({ settings }) => new Map(settings))
  const names = [...new Set(all.flatMap((settings) => [...settings.keys()]))]
  const isShared = (name: string): boolean => all.every((settings) => settings.get(name) === all[0]?.get(name))
  return {
    shared: names.filter(isShared).map((name) => [name, all[0]?.get(name) ?? '']),
    different: names.filter((name) => !isShared(name)),
  }
}

/** The title of each run, with what its settings have of their own where titles are alike. */
const namesOf = (records: readonly RunRecord[], different: readonly string[]): readonly string[] =>
  records.map(({ title, settings }, i) => {
    if (records.every((other, j) => j === i || other.title !== title)) return title
    const own = settings.filter(([name]) => different.includes(name)).map(([name, value]) => `${name} ${value}`)
    const text = own.join(', ')
    return text === '' ? `run ${i + 1}` : text
  })

const keysOf = (names: readonly string[]): readonly Key[] => [
  ...names.slice(0, COLORS).map((text, i) => ({ text, color: series(i) })),
  ...(names.length > COLORS ? [{ text: counted(names.length - COLORS, 'further run'), color: muted }] : []),
]

// The first ones lie above those without a colour.
const drawnIn = (curves: readonly (readonly Point[])[]): readonly Curve[] =>
  curves.map((points, i) => ({ points, color: colorOf(i) })).reverse()

const lossFigure = (records: readonly RunRecord[], keys: readonly Key[]): Html | undefined => {
  const losses = records.map(({ loss }) => bySteps(loss))
  const spans = records.map(({ loss }) => smoothingSpan(loss.length))
  const about = `${count(Math.min(...spans))}${new Set(spans).size > 1 ? ` to ${count(Math.max(...spans))}` : ''}`
  return losses.every((points) => points.length === 0)
    ? undefined
    : chartFigure(
        'loss',
        'Loss',
        keys,
        lossChart(drawnIn(losses), WIDE),
        `The exponential moving mean of each run's loss over about ${about} steps.`,
      )
}

/** What is said of a score, and where it is in an epoch. */
interface ScoreOf {
  readonly name: 'training' | 'validation'
  readonly of: (epoch: EpochRecord) => number | undefined
}

const scoresOf: readonly ScoreOf[] = [
  { name: 'validation', of: ({ valScore }) => valScore },
  { name: 'training', of: ({ trainScore }) => trainScore },
]

const scoreFigure = (
  records: readonly RunRecord[],
  keys: readonly Key[],
  score: ScoreRecord,
  { name, of }: ScoreOf,
): Html | undefined => {
  const curves = records.map(({ epochs }) =>
    thin(
      epochs.flatMap((epoch): Point[] => {
        const value = of(epoch)
        return value === undefined ? [] : [[epoch.epoch, value]]
      }),
    ),
  )
  if (curves.every((points) => points.length < 2)) return undefined
  const chart = isAccuracy(score) ? accuracyChart : scoreChart
  return chartFigure(
    name,
    `${capital(name)} ${score.label} by epoch`,
    keys,
    chart(drawnIn(curves), WIDE, name),
    isAccuracy(score)
      ? `Share of ${name} examples whose class is predicted right.`
      : `Of all ${name} examples together; ${score.better} is better.`,
  )
}

/** What the table says of each run; columns that are empty for all are left out. */
const columnsOf = (score: ScoreRecord): readonly (readonly [string, (record: RunRecord) => string | undefined])[] => [
  ['test', (record) => (record.test === undefined ? undefined : headline(record)?.[1])],
  ['best validation', ({ best }) => best && scoreText(score, best.valScore)],
  ['training', ({ epochs }) => epochs.at(-1) && scoreText(score, (epochs.at(-1) as EpochRecord).trainScore)],
  ['last loss', ({ loss }) => (loss.length === 0 ? undefined : short(loss.at(-1) as number))],
  ['steps', ({ steps }) => count(steps)],
  ['time', ({ seconds }) => duration(seconds)],
  ['parameters', ({ parameters }) => count(parameters)],
  ['status', ({ status }) => (status === 'finished' ? undefined : status)],
]

/** The score that counts, where all runs have it: on the test set, else on validation data, else on training data. */
const decisive = (
  records: readonly RunRecord[],
): { readonly name: string; readonly values: readonly number[] } | undefined => {
  const kinds = [
    ['test', ({ test }: RunRecord) => (test?.kind === 'classes' ? test.accuracy : test?.score)],
    ['best validation', ({ best }: RunRecord) => best?.valScore],
    ['training', ({ epochs }: RunRecord) => epochs.at(-1)?.trainScore],
  ] as const
  for (const [name, of] of kinds) {
    const values = records.map(of).filter((value) => value !== undefined)
    if (values.length === records.length) return { name, values }
  }
  return undefined
}

const titleOf = (records: readonly RunRecord[]): string | undefined => common(records.map(({ title }) => title))

/** Of runs that differ in their seeds mean and deviation, of others the best. */
const outcome = (
  records: readonly RunRecord[],
  names: readonly string[],
  different: readonly string[],
  score: ScoreRecord,
): string => {
  const { name, values } = decisive(records) ?? {}
  if (values === undefined) return `${counted(records.length, 'run')}.`
  const text = (value: number): string => (isAccuracy(score) ? percent(value, 2) : short(value, 4))
  const isOneRecipe = titleOf(records) !== undefined && different.every((setting) => setting === 'seed')
  if (isOneRecipe && records.length > 1) {
    const { mean, std } = spreadOf(values)
    const spread = isAccuracy(score) ? `${(100 * std).toFixed(2)} points` : short(std, 2)
    return `${text(mean)} ± ${spread} ${name} ${score.label}: mean and standard deviation of ${counted(records.length, 'run')}.`
  }
  const best = score.better === 'higher' ? Math.max(...values) : Math.min(...values)
  return `The best of ${counted(records.length, 'run')} by ${name} ${score.label}: ${names[values.indexOf(best)]}, ${text(best)}.`
}

const table = (
  records: readonly RunRecord[],
  names: readonly string[],
  different: readonly string[],
  score: ScoreRecord,
): Html => {
  const columns = [
    ...columnsOf(score),
    ...different.map((name) => [name, ({ settings }: RunRecord) => new Map(settings).get(name)] as const),
  ].filter(([, cell]) => records.some((record) => cell(record) !== undefined))
  const mark = (i: number): Html => html`<i class="run" style="background:${colorOf(i)}"></i>`
  return html`<div class="wide"><table id="runs">
<thead><tr><th>run</th>${columns.map(([name]) => html`<th>${name}</th>`)}</tr></thead>
<tbody>${records.map(
    (record, i) =>
      html`<tr><td>${mark(i)}${names[i]}</td>${columns.map(([, cell]) => html`<td>${cell(record) ?? ''}</td>`)}</tr>`,
  )}</tbody>
</table></div>`
}

/** The score of all runs; those of different ones have no axis in common. */
const scoreOf = (where: string, records: readonly RunRecord[]): ScoreRecord => {
  const { score } = records[0] as RunRecord
  const other = records.findIndex((record) => record.score.name !== score.name)
  if (other < 0) return score
  throw new ReportError(
    `${where}: runs on one page have the same score, but run 0 has ${score.name} and run ${other} ${records[other]?.score.name}; give each task a page`,
  )
}

/** Runs on one page: their curves on top of each other, and a table. */
export const runsPage = (where: string, records: readonly RunRecord[]): string => {
  const score = scoreOf(where, records)
  const { shared, different } = compared(records)
  const names = namesOf(records, different)
  const keys = keysOf(names)
  const title = titleOf(records) ?? counted(records.length, 'run')
  const { machine } = records[0] as RunRecord
  const isSameMachine = common(records.map((record) => JSON.stringify(record.machine))) !== undefined
  return document(
    title,
    html`<header>
<h1>${title}</h1>
<p class="outcome">${outcome(records, names, different, score)}</p>
</header>
${section('compared', 'Runs', [table(records, names, different, score)])}
${section('learning', 'How they learned', [
  lossFigure(records, keys),
  ...scoresOf.map((which) => scoreFigure(records, keys, score, which)),
])}
${section('setup', 'What they have in common', [
  pair(factTable('settings', 'Settings', shared), isSameMachine ? factTable('machine', 'Machine', machine) : undefined),
])}
<footer>Recorded ${dateOf(Math.min(...records.map(({ began }) => began)))}${records.length > 1 ? ` to ${dateOf(Math.max(...records.map(({ began }) => began)))}` : ''}.</footer>`,
  )
}
