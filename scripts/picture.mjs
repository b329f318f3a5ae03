// Makes docs/report.png, the picture of the README: a page that a run of the quickstart writes, as Chromium shows it.
// Run it by `node scripts/picture.mjs`; it needs chromium on the PATH.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const LARGEST = 150_000 // bytes
const SIZE = '1120,1080'

const root = join(import.meta.dirname, '..')
const picture = join(root, 'docs', 'report.png')
const folder = mkdtempSync(join(tmpdir(), 'cachegrad-picture-'))
const page = join(folder, 'run.html')
const run = (command, args) => execFileSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'pipe'] })

try {
  run('npx', ['tsx', 'experiments/quickstart.ts', '--report', page])
  // What a small picture has no room for.
  const without =
    '<style>pre, #setup, #gradients, #updates, #mistakes, #inside, figcaption { display: none }</style></head>'
  writeFileSync(page, readFileSync(page, 'utf8').replace('</head>', without))
  const quiet = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--hide-scrollbars',
    `--user-data-dir=${folder}/profile`,
  ]
  run('chromium', [...quiet, `--window-size=${SIZE}`, `--screenshot=${picture}`, pathToFileURL(page).href])
} finally {
  rmSync(folder, { recursive: true, force: true })
}
const { size } = statSync(picture)
console.log(`${picture}: ${size} bytes`)
if (size > LARGEST) throw new Error(`a picture of the README may have ${LARGEST} bytes`)
