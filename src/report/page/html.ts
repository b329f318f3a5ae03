/** Markup that is safe to put into a page. */
export interface Html {
  readonly markup: string
}

type Part = string | number | Html | undefined | readonly Part[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] as string)

const markupOf = (part: Part): string => {
  if (part === undefined) return ''
  if (typeof part === 'object') return 'markup' in part ? part.markup : part.map(markupOf).join('')
  return escaped(String(part))
}

/**
 * Markup from a template: what is put in is escaped, unless it is markup itself; lists are joined, undefined is nothing.
 *
 * @example html`<b>${'<script>'}</b>`.markup   // '<b>&lt;script&gt;</b>'
 */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  markup: texts.map((text, i) => text + markupOf(parts[i])).join(''),
})

/** Markup that was made elsewhere and is known to be safe. */
export const trusted = (markup: string): Html => ({ markup })
