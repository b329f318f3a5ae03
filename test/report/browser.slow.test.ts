import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reportPage } from '../../src/report/index.ts'
import { inBrowser, openPage } from './chromium.ts'
import { curvesOf, figureOf, SMALL, shapesOf, smallRun } from './support.ts'

const folders: string[] = []

// For hooks too, not only inside a test.
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-'))
  folders.push(folder)
  return folder
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

interface NetLog {
  readonly events: readonly { readonly params?: { readonly url?: string; readonly initiator?: string } }[]
}

/** Opens a page from disk: its document afterwards, what it wrote to the console, and the addresses it asked for. */
const open = async (html: string) => {
  const folder = newFolder()
  const log = join(folder, 'net.json')
  const opened = await openPage(folder, html, [`--log-net-log=${log}`, '--dump-dom'])
  const { events } = JSON.parse(readFileSync(log, 'utf8')) as NetLog
  const asked = events
    .map(({ params }) => params)
    // Requests of the browser itself, e.g. for updates, have no page behind them.
    .filter((params) => params?.initiator !== undefined && params.initiator !== 'not an origin')
    .map((params) => params?.url ?? '')
    .filter((url) => /^(https?|wss?|ftp):/.test(url))
  return { ...opened, asked }
}

inBrowser.describe('a page in a browser', { timeout: 120_000 }, () => {
  const page = reportPage(smallRun())
  let opened: Awaited<ReturnType<typeof open>>
  beforeAll(async () => {
    opened = await open(page)
  }, 120_000)

  test('a page that does ask and fail is found out', async () => {
    const bad = '<img src="http://example.invalid/x.png"><script>console.error("boom"); missing()</script>'
    const { console, asked } = await open(`<!doctype html>${bad}`)
    expect(console.filter((line) => /boom|missing is not defined/.test(line))).toHaveLength(2)
    expect(asked).toContain('http://example.invalid/x.png')
  })

  test('nothing in the console', () => {
    expect(opened.console).toEqual([])
  })

  test('no request to the network', () => {
    expect(opened.asked).toEqual([])
  })

  test('each chart is there, with its points', () => {
    const { dom } = opened
    const curves = (id: string) => curvesOf(figureOf(dom, id)).map(({ points }) => points)
    expect(dom.match(/<svg /g)).toHaveLength(page.match(/<svg /g)?.length as number)
    expect(curves('loss')).toEqual([SMALL.steps, SMALL.steps])
    expect(curves('learning-rate')).toEqual([SMALL.steps])
    expect(curves('gradients')).toEqual([SMALL.measured, SMALL.measured])
    expect(curves('updates')).toEqual([SMALL.measured, SMALL.measured])
    expect(curves('accuracy')).toHaveLength(2)
    expect(shapesOf(figureOf(dom, 'per-class'), 's1')).toBe(10)
    const confusion = figureOf(dom, 'confusion')
    expect(['s1', 'wrong', 'rule'].reduce((sum, color) => sum + shapesOf(confusion, color), 0)).toBe(100)
    expect(dom.match(/<img /g)).toHaveLength(page.match(/<img /g)?.length as number)
  })

  test('light and dark are drawn, and differ', async () => {
    const folder = newFolder()
    const picture = async (scheme: number): Promise<Buffer> => {
      const file = join(folder, `${scheme}.png`)
      const flags = [
        `--screenshot=${file}`,
        '--window-size=1180,4300',
        `--blink-settings=preferredColorScheme=${scheme}`,
      ]
      await openPage(folder, page, flags)
      expect(statSync(file).size).toBeGreaterThan(100_000)
      return readFileSync(file)
    }
    expect((await picture(0)).equals(await picture(1))).toBe(false)
  })
})
