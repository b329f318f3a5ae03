import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
// @ts-expect-error it has no types, as a script
import { changelogFaults, packageFaults } from '../../scripts/release.mjs'

const root = join(import.meta.dirname, '..', '..')
const good =
  '# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-11-30\n\n### Added\n\n- a\n\n## [0.1.0] - 2026-11-22\n\n### Added\n\n- b\n'

describe('the changelog', () => {
  test('a good one has no faults', () => expect(changelogFaults(good, '0.2.0')).toEqual([]))

  test.each([
    ['another version', good, '0.3.0', /the newest version is 0\.2\.0, but package\.json has 0\.3\.0/],
    ['no date', good.replace(' - 2026-11-30', ''), '0.2.0', /0\.2\.0 has no date/],
    ['another heading', good.replace('## [0.1.0] - 2026-11-22', '## 0.1.0'), '0.2.0', /'## 0\.1\.0' is no heading/],
    ['a wrong order', good.replace('2026-11-30', '2026-11-01'), '0.2.0', /newest version comes first/],
    ['another group', good.replace('### Added', '### Breaking'), '0.2.0', /'### Breaking' is none of Added/],
    [
      'what is not released',
      good.replace('## [Unreleased]\n', '## [Unreleased]\n\n- c\n'),
      '0.2.0',
      /under Unreleased/,
    ],
  ])('%s is a fault', (_, text, version, message) => {
    expect(changelogFaults(text, version).join('\n')).toMatch(message)
  })

  test('that of the project has the form of Keep a Changelog, with both versions', () => {
    const text = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')
    const faults: readonly string[] = changelogFaults(text, '')
    // Until it is published the newest one has no date.
    expect(faults.filter((fault) => !/newest version is|under Unreleased|0\.2\.0 has no date/.test(fault))).toEqual([])
    expect(text).toMatch(/^## \[0\.1\.0\] - 2026-11-22$/m)
  })
})

describe('package.json', () => {
  const filled = {
    ...{ version: '0.2.0', author: 'Ada', license: 'MIT', files: [], description: 'x' },
    ...{ homepage: 'https://a.b', repository: { url: 'https://a.b/c.git' }, bugs: { url: 'https://a.b/d' } },
  }

  test('a filled one has no faults', () => expect(packageFaults(filled)).toEqual([]))

  test.each([
    [{ homepage: 'https://example.com/x' }, /homepage is a placeholder/],
    [{ repository: undefined }, /repository\.url is missing/],
    [{ author: 'the authors of cachegrad' }, /author is a placeholder/],
    [{ version: '1' }, /'1' is no version/],
    [{ license: undefined }, /license is missing/],
  ])('%o is a fault', (change, message) => {
    expect(packageFaults({ ...filled, ...change }).join('\n')).toMatch(message)
  })
})
