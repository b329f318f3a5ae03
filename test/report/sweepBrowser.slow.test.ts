import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sweepPage } from '../../src/report/index.ts'
import { newFolder } from '../data/support.ts'
import { inBrowser, openPage } from './chromium.ts'
import { sweepRecord } from './sweepSupport.ts'

// No scrolling sideways: what a page measures is written into its title, by a script that only this test puts there.
const measuring = `<script>addEventListener('load', () => {
  const { scrollWidth, clientWidth } = document.documentElement
  document.body.dataset.widths = scrollWidth + ' ' + clientWidth
})</script>`

const run = (html: string, flags: readonly string[]) => openPage(newFolder(), html, flags)

inBrowser.describe('the page of a sweep in a browser', { timeout: 180_000 }, () => {
  const page = sweepPage(sweepRecord(60))

  test('nothing in the console, and all drawings are there', async () => {
    const { dom, console } = await run(page, ['--dump-dom'])
    expect(console).toEqual([])
    expect(dom.match(/<svg /g)).toHaveLength(page.match(/<svg /g)?.length as number)
    expect(dom.match(/<tr /g)).toHaveLength(60)
  })

  test.each([1180, 500])('fits into a window of %i pixels', async (width) => {
    const open = page.replace(/<meta http-equiv[^>]*>/, '').replace('</head>', `${measuring}</head>`)
    const { dom } = await run(open, ['--dump-dom', `--window-size=${width},900`])
    const [content = 0, room = 1] = /data-widths="([^"]*)"/.exec(dom)?.[1]?.split(' ').map(Number) ?? []
    expect(room).toBe(width)
    expect(content).toBe(room)
  })

  test('light and dark are drawn, and differ', async () => {
    const picture = async (scheme: number): Promise<Buffer> => {
      const file = join(newFolder(), `${scheme}.png`)
      const look = [
        `--screenshot=${file}`,
        '--window-size=1180,4000',
        `--blink-settings=preferredColorScheme=${scheme}`,
      ]
      await run(page, look)
      return readFileSync(file)
    }
    const [dark, light] = [await picture(0), await picture(1)]
    expect(light.length).toBeGreaterThan(100_000)
    expect(dark.length).toBeGreaterThan(100_000)
    expect(dark.equals(light)).toBe(false)
  })
})
