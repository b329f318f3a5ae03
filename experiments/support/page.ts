import { mkdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { replaceFile } from '../../src/files/index.ts'
import { document, type Html, html } from '../../src/report/page/drawing.ts'

export interface Page {
  readonly title: string
  /** What was done, in a sentence. */
  readonly setting: string
  /** What to look for, sentences; the terminal gets them too. */
  readonly findings: readonly string[]
  readonly figures: readonly Html[]
}

const style = `
section { margin-top: 44px; }
.panels { grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); }
.rows > div { margin-top: 18px; }
.rows h4 { margin: 0 0 6px; font-size: 13px; font-weight: 560; }
.rows svg { display: block; width: 100%; height: auto; }
`

const markup = ({ title, setting, findings, figures }: Page): string =>
  document(
    title,
    html`<h1>${title}</h1>
${findings.map((finding) => html`<p class="outcome">${finding}</p>`)}
<section>${figures}</section>
<footer>${setting} Made by ${basename(process.argv[1] ?? '')}.</footer>`,
    style,
  )

/** Prints the findings and writes them with the figures as one page that needs no script and no network. */
export const finish = async (path: string, page: Page): Promise<void> => {
  for (const finding of page.findings) console.log(finding)
  await mkdir(dirname(path), { recursive: true })
  await replaceFile(path, markup(page))
  console.log(`charts: ${path}`)
}
