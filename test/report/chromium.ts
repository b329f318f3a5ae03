import { execFile, execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { where } from '../where.ts'

const isThere = (program: string): boolean => {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export const browser = ['chromium', 'chromium-browser', 'google-chrome'].find(isThere)

/** Tests with a browser on the PATH. */
export const inBrowser = where(browser !== undefined, 'needs chromium or google-chrome')

// The browser's own habits; names resolve to nothing, so that a request is seen but goes nowhere.
export const quiet = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--hide-scrollbars',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--enable-logging=stderr',
  '--v=0',
]

export interface Opened {
  readonly dom: string
  readonly console: readonly string[]
}

/** Opens a file: what the flags print, and what it wrote to the console. The folder is for the browser's own files. */
export const openFile = async (folder: string, path: string, flags: readonly string[]): Promise<Opened> => {
  const { stdout, stderr } = await promisify(execFile)(
    browser as string,
    [...quiet, `--user-data-dir=${join(folder, 'profile')}`, ...flags, pathToFileURL(path).href],
    { maxBuffer: 1 << 26, timeout: 90_000 },
  )
  return { dom: stdout, console: stderr.split('\n').filter((line) => line.includes('CONSOLE')) }
}

/** Writes a page to the disk and opens it. */
export const openPage = (folder: string, html: string, flags: readonly string[]): Promise<Opened> => {
  const path = join(folder, 'page.html')
  writeFileSync(path, html)
  return openFile(folder, path, flags)
}
