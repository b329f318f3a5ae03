import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Html, html, trusted } from '../../src/report/html.ts'
import { style } from '../../src/report/style.ts'

export interface Page {
  readonly title: string
  /** What was done, in a sentence. */
  readonly setting: string
  /** What to look for, sentences; the terminal gets them too. */
  readonly findings: readonly string[]
  readonly figures: readonly Html[]
}

const policy = "default-src 'none'; style-src 'unsafe-inline'"

const markup = ({ title, setting, findings, figures }: Page): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${trusted(style)}
section { margin-top: 44px; }
.panels { grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); }
.row { margin-top: 18px; }
.row h4 { margin: 0 0 6px; font-size: 13px; font-weight: 560; }
.row svg { display: block; width: 100%; height: auto; }
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${findings.map((finding) => html`<p class="outcome">${finding}</p>`)}
<section>${figures}</section>
<footer>${setting} Made by ${basename(process.argv[1] ?? '')}.</footer>
</main>
</body>
</html>
`.markup

/** Prints the findings and writes them with the figures as one page that needs no script and no network. */
export const finish = async (path: string, page: Page): Promise<void> => {
  for (const finding of page.findings) console.log(finding)
  await writeFile(path, markup(page))
  console.log(`charts: ${path}`)
}
