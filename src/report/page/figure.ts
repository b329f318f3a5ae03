import { type Html, html, trusted } from './html.ts'

/** What a colour stands for. */
export interface Key {
  readonly text: string
  readonly color: string
  readonly opacity?: number
  /** A patch, not a line. */
  readonly block?: boolean
}

// Nothing in a style attribute comes from outside: colours are the page's own variables.
const legend = (keys: readonly Key[]): Html | undefined =>
  keys.length === 0
    ? undefined
    : html`<ul class="legend">${keys.map(
        ({ text, color, opacity = 1, block = false }) =>
          html`<li><i class="${block ? 'block' : 'line'}" style="background:${color};opacity:${opacity}"></i>${text}</li>`,
      )}</ul>`

/** A titled drawing with what one sees in it. */
export const figure = (id: string, title: string, keys: readonly Key[], body: Html, caption: string): Html => html`
<figure id="${id}">
<div class="head"><h3 id="${id}-title">${title}</h3>${legend(keys)}</div>
${body}
<figcaption>${caption}</figcaption>
</figure>`

/** The same with a drawing by `draw`, whose markup is escaped. */
export const chartFigure = (id: string, title: string, keys: readonly Key[], svg: string, caption: string): Html =>
  figure(id, title, keys, trusted(svg), caption)

/** A small drawing by `draw` under its own name, for a grid of them. */
export const panel = (id: string, title: string, svg: string): Html =>
  html`<div><h4 id="${id}-title">${title}</h4>${trusted(svg)}</div>`

/** A part of the page; nothing when there is nothing in it. */
export const section = (id: string, title: string, parts: readonly (Html | undefined)[]): Html | undefined => {
  const present = parts.filter((part) => part !== undefined)
  return present.length === 0 ? undefined : html`<section id="${id}"><h2>${title}</h2>${present}</section>`
}

/** Two beside each other, where there is room; one alone keeps its half. */
export const pair = (...parts: readonly (Html | undefined)[]): Html | undefined => {
  const present = parts.filter((part) => part !== undefined)
  return present.length === 0 ? undefined : html`<div class="pair">${present}</div>`
}
