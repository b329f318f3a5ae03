import type { EChartsOption } from 'echarts'
import { echarts } from './echarts.ts'

/** A chart's size in CSS pixels; the page scales it to its column. */
export interface Size {
  readonly width: number
  readonly height: number
}

// Colours are the page's variables, so that one drawing suits light, dark and paper.
export const ink = 'var(--ink)'
export const muted = 'var(--muted)'
export const rule = 'var(--rule)'
export const accent = 'var(--s1)'
export const series = (i: number): string => `var(--s${1 + (i % 8)})`

export const small = { fontSize: 12, fontFamily: 'inherit', color: muted } as const

// What echarts adds for scripts and the mouse, and its numbers of all charts in this process: without them the same option gives the
// same text. Texts in a drawing have their quotation marks escaped, so they are not touched.
const tidy = (svg: string, label: string): string =>
  svg
    .replace(/<style [\s\S]*?<\/style>\n?/g, '')
    .replace(/ (?:class|pointer-events|ecmeta_\w+)="[^"]*"/g, '')
    .replace(/( id="|url\(#)zr\d+-/g, `$1${label}-`)
    .replace(/<svg /, `<svg role="img" aria-labelledby="${label}-title" `)

/** The option's drawing as an SVG element that needs no script. */
export const draw = (option: EChartsOption, { width, height }: Size, label: string): string => {
  const chart = echarts().init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({
      animation: false,
      backgroundColor: 'transparent',
      textStyle: { fontFamily: 'inherit' },
      ...option,
    })
    return tidy(chart.renderToSVGString(), label)
  } finally {
    chart.dispose()
  }
}
