import { accent, ink } from '../page/chart.ts'
import { figure, panel, section } from '../page/figure.ts'
import { type Html, html } from '../page/html.ts'
import { count } from '../page/numbers.ts'
import { dataUri } from '../page/png.ts'
import { distributionChart } from './distributionChart.ts'
import { partsTable } from './partsTable.ts'
import type { RunRecord } from './record.ts'

const PANEL = { width: 240, height: 130 }

const firstLayerFigure = ({ firstLayer }: RunRecord): Html | undefined => {
  if (firstLayer === undefined || firstLayer.pictures.length === 0) return undefined
  const { name, units, pictures } = firstLayer
  const shown = pictures.length < units ? `The first ${pictures.length} of ${count(units)} units` : 'Each unit'
  return figure(
    'first-layer',
    'What the first layer looks for',
    [],
    html`<div class="units">${pictures.map(
      (picture, i) =>
        html`<img src="${dataUri(picture)}" alt="unit ${i + 1}" width="${picture.width}" height="${picture.height}">`,
    )}</div>`,
    `${shown} of ${name} as an image of its input weights, scaled by itself: middle grey is 0, bright pixels excite the unit, dark ones inhibit it.`,
  )
}

const mapsFigure = ({ maps }: RunRecord): Html | undefined => {
  if (maps === undefined) return undefined
  const { example, layers } = maps
  const cut = layers.some(({ channels, shown }) => shown < channels)
    ? ` Of many channels the first ${layers.reduce((most, { shown }) => Math.max(most, shown), 0)} are shown.`
    : ''
  return figure(
    'maps',
    'What leaves each layer, for one example',
    [],
    html`<div class="maps"><div><img src="${dataUri(example)}" alt="the example" width="${example.width}" height="${example.height}"></div>${layers.map(
      ({ name, channels, picture }) =>
        html`<div><span>${name}</span><img src="${dataUri(picture)}" alt="${count(channels)} maps of ${name}" width="${picture.width}" height="${picture.height}"></div>`,
    )}</div>`,
    `In evaluation mode, a map a channel, from the smallest value of a layer, black, to its largest, white.${cut}`,
  )
}

const distributionFigure = ({ distributions, layers }: RunRecord): Html | undefined =>
  distributions.length === 0
    ? undefined
    : figure(
        'distributions',
        'Weights and scores, before and after',
        [
          { text: 'start', color: ink },
          { text: 'end', color: accent, opacity: 0.55, block: true },
        ],
        html`<div class="panels">${distributions.map((one, i) => {
          const label = `distribution-${i + 1}`
          return panel(label, one.name, distributionChart(label, one, PANEL))
        })}</div>`,
        `How often each value occurs at the start and at the end, both drawn to the same height. What the net computes (${
          distributions
            .filter((one) => one.of === 'activations')
            .map(({ name }) => name)
            .join(', ') || 'scores'
        }) is that of ${layers.probeRows} training rows.`,
      )

/** What the net is made of, and what its weights look like. */
export const insideSection = (record: RunRecord): Html | undefined =>
  section('inside', 'Inside the net', [
    partsTable(record),
    firstLayerFigure(record),
    mapsFigure(record),
    distributionFigure(record),
  ])
