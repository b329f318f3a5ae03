import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { transformWithOxc } from 'vite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { backend, useBackend } from '../src/kernels/index.ts'
import { allDocs, type Doc, type Example, examplesOf, format } from './docs.ts'

type Names = Readonly<Record<string, unknown>>

const source = join(import.meta.dirname, '..', 'src')
const load = (file: string): Promise<Names> => import(/* @vite-ignore */ file)

/** An entry of the package, and its public names. */
interface Entry {
  readonly entry: string
  readonly names: Names
}

const { exports: paths } = JSON.parse(readFileSync(join(source, '..', 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, unknown>>
}
const entries: readonly Entry[] = await Promise.all(
  Object.keys(paths)
    .filter((name) => !name.endsWith('.json'))
    .map(async (name) => ({ entry: join('cachegrad', name), names: await load(join(source, name, 'index.ts')) })),
)

const docs = allDocs()
const examples = docs.flatMap(examplesOf)

const folderOf = (file: string): string => file.slice(source.length + 1).split('/')[0] as string

/** The names that an example may use: all public ones, those of its folder before them, and those of its module first. */
const scopeOf = async (file: string): Promise<Names> => {
  const index = join(source, folderOf(file), 'index.ts')
  const folder = existsSync(index) ? await load(index) : {}
  const everywhere = entries.map(({ names }) => names).reverse()
  return Object.assign({}, ...everywhere, folder, await load(file), { E, pipe })
}

const run = async ({ file, statements, expression }: Example): Promise<unknown> => {
  const scope = await scopeOf(file)
  // The examples are TypeScript: they have `!`.
  const { code } = await transformWithOxc(
    `const example = () => {\n${statements}\nreturn (${expression})\n}`,
    'example.ts',
  )
  return new Function(...Object.keys(scope), `${code}\nreturn example()`)(...Object.values(scope))
}

/** What cannot be compared: something that depends on the machine, or is shortened. */
const isSketch = (expected: string | undefined): boolean =>
  expected === undefined || expected.startsWith('e.g.') || expected.includes('…')

describe('the examples of doc comments', () => {
  let before: ReturnType<typeof backend>['name']
  beforeEach(() => {
    before = backend().name
  })
  afterEach(() => {
    useBackend(before)
  })

  test('there are many', () => {
    expect(examples.length).toBeGreaterThan(90)
  })

  test.each(examples)('$title', async (example) => {
    const { expected, expression } = example
    if (expected?.startsWith('Promise of')) {
      // A task, which would look for files or download them: it is made, but not run.
      expect(expression).toMatch(/\)\(\)$/)
      expect(await run({ ...example, expression: expression.replace(/\(\)$/, '') })).toBeTypeOf('function')
      return
    }
    const value = await run(example)
    if (!isSketch(expected)) expect(format(value)).toBe(expected)
  })

  test('a wrong example would fail', async () => {
    const example = { title: '', file: docs[0]?.file as string, statements: 'const two = 1 + 1' }
    expect(format(await run({ ...example, expression: 'ones([two])!.data', expected: '' }))).toBe('Float32Array [1, 1]')
    expect(format([[-0.25], 'a', true])).toBe("[[-0.25], 'a', true]")
    expect(format(new Float32Array([0.1, -0.2, 1e-8, 1 / 3]))).toBe('Float32Array [0.1, -0.2, 1e-8, 0.33333334]')
    await expect(run({ ...example, expression: 'noSuchFunction()', expected: '' })).rejects.toThrow('noSuchFunction')
  })
})

/** Docs of names that an entry has; the value tells two of the same name apart. */
const publicDocs = await Promise.all(
  docs
    .filter(({ exported, name, text }) => exported && text !== '' && entries.some(({ names }) => name in names))
    .map(async (doc) => ({ ...doc, value: (await load(doc.file))[doc.name] })),
)

describe.each(entries)('what is public in $entry is documented', ({ names }) => {
  // Errors are documented as classes; names of backends, rules and schedules are plain records.
  const isClass = (value: unknown): boolean => /^class\b/.test(String(value))
  const functions = Object.entries(names).filter(([, value]) => typeof value === 'function' && !isClass(value))
  const docOf = (name: string): Doc | undefined =>
    publicDocs.find((doc) => doc.name === name && doc.value === names[name])
  const tagsOf = (name: string, tag: string): string[] =>
    docOf(name)
      ?.tags.filter((t) => t.tag === tag)
      .map((t) => t.text) ?? []

  test('each public name has a doc comment with a first line', () => {
    expect(Object.keys(names).length).toBeGreaterThan(0)
    expect(Object.keys(names).filter((name) => docOf(name) === undefined)).toEqual([])
  })

  test('each public function has an example', () => {
    expect(functions.map(([name]) => name).filter((name) => tagsOf(name, 'example').length === 0)).toEqual([])
  })

  test('each public function that throws says so', () => {
    // Contracts and checks throw too.
    const throws = /\bthrow\b|[cC]ontract\(|\bcheck[A-Z]\w*\(|labelsOf\(/
    const silent = functions.filter(
      ([name, value]) => throws.test(String(value)) && tagsOf(name, 'throws').length === 0,
    )
    expect(silent.map(([name]) => name)).toEqual([])
  })
})

test('no tag is empty', () => {
  const empty = docs.flatMap((doc) =>
    doc.tags.filter(({ tag, text }) => text === '' && tag !== 'internal').map(({ tag }) => `${doc.name} @${tag}`),
  )
  expect(empty).toEqual([])
})
