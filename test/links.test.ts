import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { guides, proseIn, root, textOf } from './pages.ts'

// Every link leads somewhere: to a file, to a heading, or has the form of an address of the web.

const pages = [
  ...guides,
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'bench/README.md',
  'examples/README.md',
]

/** The anchors of a page's headings, as GitHub makes them. */
const anchorsIn = (text: string): readonly string[] => {
  const counts = new Map<string, number>()
  return [...proseIn(text).matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading = '']) => {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-')
    const count = counts.get(slug) ?? 0
    counts.set(slug, count + 1)
    return count === 0 ? slug : `${slug}-${count}`
  })
}

/** Where the links and pictures of a page lead. */
const linksIn = (text: string): readonly string[] => {
  const prose = proseIn(text).replaceAll(/`[^`\n]*`/g, 'code')
  return [
    ...[...prose.matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].map(([, link = '']) => link),
    ...[...prose.matchAll(/^\[[^\]]+\]: +(\S+)/gm)].map(([, link = '']) => link),
    ...[...prose.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link),
  ]
}

const isAddress = (link: string): boolean => {
  const url = URL.canParse(link) ? new URL(link) : undefined
  return (
    url?.protocol === 'https:' &&
    /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$/.test(url.hostname) &&
    !/example\.(com|org)$/.test(url.hostname)
  )
}

const resolves = (page: string, link: string): boolean => {
  if (/^[a-z]+:/.test(link)) return isAddress(link)
  const [path = '', anchor] = link.split('#')
  const file = path === '' ? page : join(page, '..', path)
  if (!existsSync(join(root, file))) return false
  return anchor === undefined || (file.endsWith('.md') && anchorsIn(textOf(file)).includes(anchor))
}

describe('links', () => {
  test.each(pages)('%s: each leads somewhere', (page) => {
    expect(linksIn(textOf(page)).filter((link) => !resolves(page, link))).toEqual([])
  })

  test('each page of docs can be reached from the README', () => {
    const reached = new Set(linksIn(textOf('README.md')).map((link) => link.split('#')[0]))
    expect(guides.filter((page) => page !== 'README.md' && !reached.has(page))).toEqual([])
  })

  test('a wrong link would fail', () => {
    const links = linksIn('[a](b.md) ![c](d.png) `[no](link)` <img src="e.png">\n\n[f]: g.md\n```\n[no](link)\n```\n')
    expect(links).toEqual(['b.md', 'd.png', 'g.md', 'e.png'])
    const wrong = [
      'docs/nothing.md',
      '#nothing',
      'ARCHITECTURE.md#nothing',
      'http://nodejs.org',
      'https://nodejs',
      'https://a b.org',
    ]
    expect(wrong.filter((link) => resolves('README.md', link))).toEqual([])
    expect(
      ['ARCHITECTURE.md#threads', 'LICENSE', 'https://nodejs.org/en'].every((link) => resolves('README.md', link)),
    ).toBe(true)
    expect(anchorsIn('# Is it *fast*, e.g. `f(x)`?\n## One\n## One')).toEqual(['is-it-fast-eg-fx', 'one', 'one-1'])
  })
})
