import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { expect, test } from 'vitest'

/** What a folder may import, from the bottom up: a folder names only folders above it here, so nothing goes in circles. */
const arrows: Readonly<Record<string, string>> = {
  system: '',
  errors: '',
  kernels: 'errors',
  relaxed: 'kernels',
  files: 'system',
  tensor: 'errors kernels',
  random: 'errors kernels tensor',
  layers: 'errors kernels tensor random',
  metrics: 'errors tensor',
  optim: 'errors kernels tensor',
  models: 'errors kernels tensor random layers metrics',
  solver: 'errors kernels tensor random metrics optim models',
  formats: 'system errors files tensor layers models solver',
  checkpoint: 'system errors kernels files tensor models solver formats',
  data: 'system errors kernels files tensor random formats',
  sweep: 'system errors kernels files tensor random',
  queue: 'errors kernels files sweep',
  report: 'system errors kernels files tensor random metrics models solver sweep',
  'index.ts': 'errors kernels tensor random layers metrics optim models solver',
  experiments: 'files formats checkpoint data sweep queue report index.ts',
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '')

const root = join(import.meta.dirname, '..')

/** Code of a folder, as paths from the root with slashes. */
const filesOf = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path.split(sep).join('/')}`)
    .filter((path) => /\.[cm]?[jt]s$/.test(path))

/** The row of the table that a file belongs to. */
const rowOf = (path: string): string => {
  const [top = '', second = ''] = path.split('/')
  return top === 'src' ? second : top
}

/** The files that a text imports by a relative path: import, import type, export … from, import() and require(). */
const importsOf = (path: string, text: string): readonly string[] =>
  [...text.matchAll(/\b(?:from\s*|import\s*\(?\s*|require\s*\(\s*)(['"`])(\.[^'"`]*)\1/g)].map(([, , to = '']) =>
    posix.join(posix.dirname(path), to),
  )

/** What is wrong with an import, in a sentence. */
const faultOf = (from: string, to: string): string | undefined => {
  const [row, target] = [rowOf(from), rowOf(to)]
  if (row === target) return undefined
  const allowed = words(arrows[row] ?? '')
  if (!allowed.includes(target))
    return `${from} imports ${to}, but ${row} imports only ${allowed.join(', ') || 'itself'}: see the arrows in ARCHITECTURE.md`
  // What experiments draw with is no public name.
  const isDrawing = row === 'experiments' && to === 'src/report/page/drawing.ts'
  if (!isDrawing && target !== 'index.ts' && !/^src\/[^/]+\/index\.ts$/.test(to))
    return `${from} imports ${to}, but a folder is imported through its index.ts: src/${target}/index.ts`
  return undefined
}

test('nothing is imported against the arrows', () => {
  const faults = [...filesOf('src'), ...filesOf('experiments')].flatMap((path) =>
    importsOf(path, readFileSync(join(root, path), 'utf8')).flatMap((to) => faultOf(path, to) ?? []),
  )
  expect(faults).toEqual([])
})

test('every folder has a row, below what it may import', () => {
  const rows = Object.keys(arrows)
  expect([...readdirSync(join(root, 'src')), 'experiments'].sort()).toEqual([...rows].sort())
  for (const [i, row] of rows.entries())
    expect(rows.slice(0, i)).toEqual(expect.arrayContaining([...words(arrows[row] ?? '')]))
})

test('the diagram in ARCHITECTURE.md is the table', () => {
  const [, diagram = ''] =
    /## Which way data goes[\s\S]*?```\n([\s\S]*?)```/.exec(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')) ?? []
  const drawn = diagram
    .trim()
    .split('\n')
    .map((line) => line.split('→').map((side) => words(side).join(' ')))
  expect(drawn.map(([row, imports = '']) => [row, imports])).toEqual(Object.entries(arrows))
})

test('an import against the arrows is told with both files', () => {
  expect(
    importsOf(
      'src/layers/swish.ts',
      "import {\n  type A,\n  b,\n} from '../tensor/index.ts'\nimport type { C } from '../optim/index.ts'\nimport '../solver/index.ts'\n" +
        "export * from './relu.ts'\nconst d = await import('../../test/x.ts')\ntype E = import('../data/idx.ts').E\nrequire('../y.cjs')\n" +
        "import * as O from 'fp-ts/lib/Option.js'\nArray.from('.')",
    ),
  ).toEqual([
    'src/tensor/index.ts',
    'src/optim/index.ts',
    'src/solver/index.ts',
    'src/layers/relu.ts',
    'test/x.ts',
    'src/data/idx.ts',
    'src/y.cjs',
  ])
  expect(faultOf('src/layers/swish.ts', 'src/optim/index.ts')).toBe(
    'src/layers/swish.ts imports src/optim/index.ts, but layers imports only errors, kernels, tensor, random: see the arrows in ARCHITECTURE.md',
  )
  expect(faultOf('src/layers/swish.ts', 'src/tensor/shapes.ts')).toBe(
    'src/layers/swish.ts imports src/tensor/shapes.ts, but a folder is imported through its index.ts: src/tensor/index.ts',
  )
  expect(faultOf('src/files/a.ts', 'src/index.ts')).toContain(
    'src/files/a.ts imports src/index.ts, but files imports only system',
  )
  expect(faultOf('src/sweep/threads/a.ts', 'experiments/b.ts')).toContain(
    'sweep imports only system, errors, kernels, files, tensor, random',
  )
  expect(faultOf('src/sweep/threads/a.ts', 'src/sweep/engine/b.ts')).toBeUndefined()
  expect(faultOf('experiments/a.ts', 'src/report/page/drawing.ts')).toBeUndefined()
  expect(faultOf('experiments/a.ts', 'src/report/page/chart.ts')).toContain('a folder is imported through its index.ts')
})
