import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

// Inside Jest's realm a look-up of the global Math takes microseconds, a hundred times as long as what it is looked up for. So what
// loops over elements takes what it needs of Math once, when its module is made: const { sqrt } = Math.

const root = join(import.meta.dirname, '..')

const filesOf = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('assembly') && name !== 'generated.ts')
    .map((name) => join(root, folder, name))

const indentOf = (line: string): number => line.length - line.trimStart().length

const isComment = (line: string): boolean => /^\s*(\/\/|\/?\*)/.test(line)

const looksUp = (line: string): boolean => !isComment(line) && /\bMath\./.test(line)

/** Lines with a look-up where `isHot` says that it counts. */
const lookUps = (path: string, isHot: (lines: readonly string[], at: number) => boolean): readonly string[] => {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.flatMap((line, at) =>
    looksUp(line) && isHot(lines, at)
      ? [
          `${relative(root, path)}:${at + 1} looks Math up while it loops; bind what it needs once: const { … } = Math (${line.trim()})`,
        ]
      : [],
  )
}

/** In any function, since another file's loop calls it: code outside of functions is not indented. */
const isInFunction = (lines: readonly string[], at: number): boolean => {
  const line = lines[at] as string
  return indentOf(line) > 0 || line.includes('=>')
}

/** In the head or the body of a loop, as far as the indentation of formatted code tells. */
const isInLoop = (lines: readonly string[], at: number): boolean => {
  const loop = /^\s*(\w+: )?(for|while|do)\b/
  if (loop.test(lines[at] as string)) return true
  let indent = indentOf(lines[at] as string)
  for (let above = at - 1; above >= 0 && indent > 0; above--) {
    const line = lines[above] as string
    if (line.trim() === '' || indentOf(line) >= indent) continue
    if (loop.test(line)) return true
    indent = indentOf(line)
  }
  return false
}

const ofElements = [
  ...['js', 'windows', 'philox'].map((name) => join(root, 'src/kernels', `${name}.ts`)),
  ...filesOf('src/random'),
  ...filesOf('src/data/strokes'),
]

const others = ['kernels', 'tensor', 'layers', 'metrics', 'optim', 'data', 'formats', 'solver'].flatMap((folder) =>
  filesOf(`src/${folder}`),
)

describe('Math is looked up once', () => {
  test('in files whose functions run for each element', () => {
    expect(ofElements.length).toBeGreaterThan(8)
    expect(ofElements.flatMap((path) => lookUps(path, isInFunction))).toEqual([])
  })

  test('in loops', () => {
    expect(others.length).toBeGreaterThan(100)
    expect(others.flatMap((path) => lookUps(path, isInLoop))).toEqual([])
  })

  test('and the scan sees one', () => {
    const lines = [
      'const { sqrt } = Math',
      'const f = () => {',
      '  for (const v of x) {',
      '    y = Math.abs(v)',
      '  }',
      '}',
    ]
    expect(lines.map((line, at) => looksUp(line) && isInLoop(lines, at))).toEqual([
      false,
      false,
      false,
      true,
      false,
      false,
    ])
    expect(lines.map((line, at) => looksUp(line) && isInFunction(lines, at))[3]).toBe(true)
  })
})
