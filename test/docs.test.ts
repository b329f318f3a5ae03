import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { transformWithOxc } from 'vite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as data from '../src/data/index.ts'
import * as main from '../src/index.ts'
import { backend, useBackend } from '../src/kernels/index.ts'
import * as report from '../src/report/index.ts'
import { allDocs, type Doc, type Example, examplesOf, format } from './docs.ts'

const docs = allDocs()
const examples = docs.flatMap(examplesOf)

/** Runs an example with all public names in scope, and those of the module that it stands in. */
const run = async ({ file, statements, expression }: Example): Promise<unknown> => {
  const own = (await import(/* @vite-ignore */ file)) as Record<string, unknown>
  const scope: Record<string, unknown> = { ...own, ...data, ...report, ...main, E, pipe }
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

describe('what is public is documented', () => {
  // Errors are documented as classes; names of backends, rules and schedules are plain records.
  const isClass = (value: unknown): boolean => /^class\b/.test(String(value))
  const functions = Object.entries({ ...data, ...main }).filter(
    ([, value]) => typeof value === 'function' && !isClass(value),
  )
  const docOf = (name: string): Doc | undefined =>
    docs.find((doc) => doc.exported && doc.name === name && doc.text !== '')
  const tagsOf = (name: string, tag: string): string[] =>
    docOf(name)
      ?.tags.filter((t) => t.tag === tag)
      .map((t) => t.text) ?? []

  test('each public name has a doc comment with a first line', () => {
    const names = Object.keys({ ...data, ...main })
    expect(names.filter((name) => docOf(name) === undefined)).toEqual([])
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

  test('no tag is empty', () => {
    const empty = docs.flatMap((doc) =>
      doc.tags.filter(({ tag, text }) => text === '' && tag !== 'internal').map(({ tag }) => `${doc.name} @${tag}`),
    )
    expect(empty).toEqual([])
  })
})
