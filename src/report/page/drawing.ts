// What the experiments draw their pages with. It is no entry of the package: charts may change with any version.
export { bottom, grid, horizontal, logarithmic, vertical } from './axes.ts'
export { accent, draw, type Size, series, small } from './chart.ts'
export { bySteps, type Point, smooth, thin } from './curves.ts'
export { document } from './document.ts'
export { chartFigure, figure, type Key, panel } from './figure.ts'
export { type Html, html } from './html.ts'
export { percent, short } from './numbers.ts'
