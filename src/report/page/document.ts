import { type Html, html, trusted } from './html.ts'
import { style } from './style.ts'

// No address may be fetched: images are in the page, and nothing else is allowed at all.
const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

/**
 * A whole page that needs nothing else
 *
 * @param more  CSS after the page's own
 */
export const document = (title: string, main: Html, more = ''): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="generator" content="cachegrad">
<title>${title}</title>
<style>${trusted(style)}${trusted(more)}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`.markup
