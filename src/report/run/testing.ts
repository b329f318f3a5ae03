import { accent, ink } from '../page/chart.ts'
import { chartFigure, figure, pair, section } from '../page/figure.ts'
import { type Html, html } from '../page/html.ts'
import { count, counted, percent, short } from '../page/numbers.ts'
import type { Picture } from '../page/picture.ts'
import { dataUri } from '../page/png.ts'
import { predictedChart, residualChart } from './numbersCharts.ts'
import { factTable } from './overview.ts'
import type { ClassesTest, LabelsTest, Mistake, NumbersTest, OutputRecord, RunRecord, TestRecord } from './record.ts'
import { confusionChart, perClassChart } from './testCharts.ts'

const SQUARE = { width: 488, height: 470 }

const nameOf = ({ classNames }: ClassesTest, index: number): string => classNames[index] ?? String(index)

/** The pair of classes that is mixed up most often. */
const worstPair = (test: ClassesTest): string => {
  const pairs = test.confusion.flatMap((row, truth) =>
    row.map((n, predicted) => ({ n, truth, predicted })).filter(({ predicted }) => predicted !== truth),
  )
  const [worst] = pairs.sort((a, b) => b.n - a.n)
  return worst === undefined || worst.n === 0
    ? 'There is no mistake.'
    : `Most often, ${counted(worst.n, 'time')}, ${nameOf(test, worst.truth)} was taken for ${nameOf(test, worst.predicted)}.`
}

const confusionFigure = (test: ClassesTest): Html =>
  chartFigure(
    'confusion',
    'Confusion matrix',
    [
      { text: 'right', color: accent, block: true },
      { text: 'wrong', color: 'var(--wrong)', block: true },
    ],
    confusionChart(test, SQUARE),
    `Number of test examples by true class (rows) and predicted class (columns). ${worstPair(test)}`,
  )

const perClassFigure = (test: ClassesTest): Html =>
  chartFigure(
    'per-class',
    'Accuracy by class, in percent',
    [{ text: 'all classes together', color: ink }],
    perClassChart({ ...test, all: test.accuracy }, SQUARE),
    `Share of each class's test examples that were predicted right; the dashed line is the whole test set's ${percent(test.accuracy)}.`,
  )

/** How sure a wrong prediction was: 100 % is never quite reached. */
const sureness = (probability: number): string => (probability > 0.9995 ? 'over 99.9 %' : percent(probability))

const image = (picture: Picture | undefined, alt: string): Html | undefined =>
  picture && html`<img src="${dataUri(picture)}" alt="${alt}" width="${picture.width}" height="${picture.height}">`

const mistakeItem = (test: ClassesTest, { row, predicted, truth, probability, picture, saliency }: Mistake): Html =>
  html`<li>${image(picture, `test example ${row}`)}${image(saliency, `what counts in test example ${row}`)}<b>${nameOf(test, predicted)}</b>, ${sureness(probability)}<br>true: <b>${nameOf(test, truth)}</b></li>`

const mistakesFigure = (test: ClassesTest): Html | undefined => {
  // Without images there is little to see.
  const shown = test.mistakes.filter(({ picture }) => picture !== undefined)
  return shown.length === 0
    ? undefined
    : figure(
        'mistakes',
        'The most confident mistakes',
        [],
        html`<ul class="mistakes">${shown.map((mistake) => mistakeItem(test, mistake))}</ul>`,
        `${shown.length} of ${counted(test.numMistakes, 'wrong prediction')} on the test set, the surest first: the predicted class with its probability (softmax of the scores), and the true class.${
          shown.some(({ saliency }) => saliency !== undefined)
            ? ' Below each image its saliency: bright pixels are those whose change would change the score of the predicted class most.'
            : ''
        }`,
      )
}

const f1Figure = ({ labels, score }: LabelsTest): Html =>
  chartFigure(
    'per-label',
    'F1 by label, in percent',
    [{ text: 'all labels together', color: ink }],
    perClassChart(
      { classNames: labels.map(({ name }) => name), perClass: labels.map(({ f1 }) => f1), all: score },
      SQUARE,
    ),
    'The harmonic mean of precision and recall of each label; the dashed line is that of all labels together.',
  )

const labelsTable = ({ labels }: LabelsTest): Html =>
  html`<div class="wide"><table id="labels"><thead><tr><th>label</th><th>examples</th><th>precision</th><th>recall</th><th>F1</th></tr></thead><tbody>${labels.map(
    ({ name, support, precision, recall, f1 }) =>
      html`<tr><td>${name}</td><td>${count(support)}</td><td>${percent(precision)}</td><td>${percent(recall)}</td><td>${percent(f1)}</td></tr>`,
  )}</tbody></table></div>`

const named = ({ name }: OutputRecord, title: string): string => (name === '' ? title : `${title}: ${name}`)

const predictedFigure = (output: OutputRecord, number: number, rows: number): Html => {
  const { r2, mae, rmse, points } = output
  const id = `predicted-${number}`
  const shown =
    points.length < rows ? `${points.length} of ${counted(rows, 'test example')}` : counted(rows, 'test example')
  return chartFigure(
    id,
    named(output, 'Predicted against true'),
    [{ text: 'as it should be', color: ink }],
    predictedChart(id, points, SQUARE),
    `${shown}: what is true (across) and what was predicted (up). R² ${short(r2, 4)}; the error is ${short(mae)} on average (MAE), ${short(rmse)} as the root of its mean square (RMSE).`,
  )
}

const residualFigure = (output: OutputRecord, number: number): Html | undefined => {
  const id = `residuals-${number}`
  return (
    output.residuals &&
    chartFigure(
      id,
      named(output, 'Residuals'),
      [{ text: 'no error', color: ink }],
      residualChart(id, output.residuals, SQUARE),
      'How often each error, predicted − true, occurs. A good fit is a narrow hill around 0; a hill beside 0 is a bias, a long tail comes from outliers.',
    )
  )
}

const numbersFigures = ({ outputs, numOutputs, rows }: NumbersTest): readonly (Html | undefined)[] => [
  ...outputs.map((output, i) => pair(predictedFigure(output, i + 1, rows), residualFigure(output, i + 1))),
  outputs.length < numOutputs
    ? html`<p class="note">The first ${outputs.length} of ${count(numOutputs)} outputs.</p>`
    : undefined,
]

const figuresOf = (test: TestRecord): readonly (Html | undefined)[] => {
  if (test.kind === 'numbers') return numbersFigures(test)
  if (test.kind === 'labels') return [pair(f1Figure(test), labelsTable(test))]
  return [pair(confusionFigure(test), perClassFigure(test)), mistakesFigure(test)]
}

/** What the net does with examples it has not seen. */
export const testSection = ({ test }: RunRecord): Html | undefined =>
  test === undefined
    ? undefined
    : section('test', `On ${counted(test.rows, 'test example')}`, [
        ...figuresOf(test),
        factTable('metrics', 'All of them together', test.metrics),
      ])
