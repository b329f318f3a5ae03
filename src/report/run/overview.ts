import { type Html, html } from '../page/html.ts'
import { count, counted, duration, percent, short } from '../page/numbers.ts'
import type { Fact, RunRecord, ScoreRecord, TestRecord } from './record.ts'
import { scoreText } from './score.ts'

const statuses = {
  finished: () => undefined,
  stoppedEarly: ({ score: { label, better } }: RunRecord) =>
    `The run stopped early: the validation ${label} had not ${better === 'higher' ? 'risen' : 'fallen'} for as many epochs as its patience allows.`,
  diverged: () =>
    'The run diverged: a loss or a gradient was not finite, so it stopped, and the weights are those before that step. A lower learning rate may help.',
  interrupted: () => 'The run was interrupted before its end.',
} as const

const testFact = (test: TestRecord, score: ScoreRecord): Fact =>
  test.kind === 'classes'
    ? ['test accuracy', percent(test.accuracy, test.rows < 1000 ? 1 : 2)]
    : [`test ${score.label}`, scoreText(score, test.score)]

/** The score that counts: on the test set, else on validation data, else on training data. */
export const headline = ({ test, best, epochs, score }: RunRecord): Fact | undefined => {
  if (test !== undefined) return testFact(test, score)
  if (best !== undefined) return [`best validation ${score.label}`, scoreText(score, best.valScore)]
  const last = epochs.at(-1)
  return last === undefined ? undefined : [`training ${score.label}`, scoreText(score, last.trainScore)]
}

const outcome = (record: RunRecord): string => {
  const [name, value] = headline(record) ?? []
  const { steps, seconds, backend, test } = record
  const reached =
    name === undefined ? '' : `${value} ${name}${test === undefined ? '' : ` on ${count(test.rows)} examples`}, `
  return `${reached}after ${counted(steps, 'step')} in ${duration(seconds)} with ${backend.split(' (')[0]}.`
}

const tiles = (record: RunRecord): readonly Fact[] => {
  const { best, test, epochs, steps, seconds, parameters, loss, score } = record
  const last = epochs.at(-1)
  const facts: (Fact | undefined)[] = [
    headline(record),
    test !== undefined && best !== undefined ? ['best validation', scoreText(score, best.valScore)] : undefined,
    last !== undefined && (test !== undefined || best !== undefined)
      ? [`training ${score.label}`, scoreText(score, last.trainScore)]
      : undefined,
    loss.length === 0 ? undefined : ['last loss', short(loss.at(-1) ?? Number.NaN)],
    ['parameters', count(parameters)],
    ['time', duration(seconds)],
    steps > 0 && seconds > 0 ? ['steps a second', count(Number((steps / seconds).toPrecision(3)))] : undefined,
  ]
  return facts.filter((fact) => fact !== undefined)
}

const list = (kind: string, facts: readonly Fact[]): Html =>
  html`<dl class="${kind}">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`

/** Title, outcome, how to repeat it, and the figures that sum it up. */
export const overview = (record: RunRecord): Html => {
  const warning = record.fault === undefined ? statuses[record.status](record) : `The run diverged: ${record.fault}.`
  return html`<header>
<h1>${record.title}</h1>
<p class="outcome">${outcome(record)}</p>
${warning === undefined ? undefined : html`<p class="warning">${warning}</p>`}
${record.command === '' ? undefined : html`<pre><code>${record.command}</code></pre>`}
${list('tiles', tiles(record))}
</header>`
}

/** A table of names and values. */
export const factTable = (id: string, title: string, facts: readonly Fact[]): Html | undefined =>
  facts.length === 0 ? undefined : html`<div id="${id}"><h3>${title}</h3>${list('facts', facts)}</div>`
