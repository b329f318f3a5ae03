import { accent, ink } from '../page/chart.ts'
import { chartFigure, figure, pair, section } from '../page/figure.ts'
import { type Html, html } from '../page/html.ts'
import { count, counted, percent } from '../page/numbers.ts'
import type { Picture } from '../page/picture.ts'
import { dataUri } from '../page/png.ts'
import type { Mistake, RunRecord, TestRecord } from './record.ts'
import { confusionChart, perClassChart } from './testCharts.ts'

const SQUARE = { width: 488, height: 470 }

const nameOf = ({ classNames }: TestRecord, index: number): string => classNames[index] ?? String(index)

/** The pair of classes that is mixed up most often. */
const worstPair = (test: TestRecord): string => {
  const pairs = test.confusion.flatMap((row, truth) =>
    row.map((n, predicted) => ({ n, truth, predicted })).filter(({ predicted }) => predicted !== truth),
  )
  const [worst] = pairs.sort((a, b) => b.n - a.n)
  return worst === undefined || worst.n === 0
    ? 'There is no mistake.'
    : `Most often, ${counted(worst.n, 'time')}, ${nameOf(test, worst.truth)} was taken for ${nameOf(test, worst.predicted)}.`
}

const confusionFigure = (test: TestRecord): Html =>
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

const perClassFigure = (test: TestRecord): Html =>
  chartFigure(
    'per-class',
    'Accuracy by class, in percent',
    [{ text: 'all classes together', color: ink }],
    perClassChart(test, SQUARE),
    `Share of each class's test examples that were predicted right; the dashed line is the whole test set's ${percent(test.accuracy)}.`,
  )

/** How sure a wrong prediction was: 100 % is never quite reached. */
const sureness = (probability: number): string => (probability > 0.9995 ? 'over 99.9 %' : percent(probability))

const image = (picture: Picture | undefined, alt: string): Html | undefined =>
  picture && html`<img src="${dataUri(picture)}" alt="${alt}" width="${picture.width}" height="${picture.height}">`

const mistakeItem = (test: TestRecord, { row, predicted, truth, probability, picture, saliency }: Mistake): Html =>
  html`<li>${image(picture, `test example ${row}`)}${image(saliency, `what counts in test example ${row}`)}<b>${nameOf(test, predicted)}</b>, ${sureness(probability)}<br>true: <b>${nameOf(test, truth)}</b></li>`

const mistakesFigure = (test: TestRecord): Html | undefined => {
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

/** What the net does with examples it has not seen. */
export const testSection = ({ test }: RunRecord): Html | undefined =>
  test === undefined
    ? undefined
    : section('test', `On ${count(test.rows)} test examples`, [
        pair(confusionFigure(test), perClassFigure(test)),
        mistakesFigure(test),
      ])
