import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Signature, signaturesOf } from './signatures.ts'

// The rule of CONTRIBUTING.md, read in what the compiler says of all that is public.
const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'cachegrad-types-'))
const { exports: paths } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, { readonly types?: string }>>
}
const entries = Object.values(paths).flatMap(({ types }) => types?.replace('./dist/', '') ?? [])

const faultsIn = (all: readonly Signature[], fault: RegExp): string[] =>
  all.filter(({ text }) => fault.test(text)).map(({ name, file }) => `${name} in ${relative(folder, file)}`)

const absence = /\bOption</
const bareText = /\bEither<\s*string\b/

beforeAll(() => {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  execFileSync('node', [tsc, '-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', folder], { cwd: root })
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(entries)('what is public in %s', (entry) => {
  test('is found, each name with its declaration', async () => {
    const { names, all } = signaturesOf(join(folder, entry))
    const values = Object.keys(await import(join(root, 'src', entry.replace('.d.ts', '.ts'))))
    expect(names).toEqual(expect.arrayContaining(values))
    const found = new Set(all.map(({ name }) => name))
    expect(names.filter((name) => !found.has(name))).toEqual([])
  })

  test('has no Option: absence is undefined', () => {
    expect(faultsIn(signaturesOf(join(folder, entry)).all, absence)).toEqual([])
  })

  test('has no Either of a bare text: errors are Errors', () => {
    expect(faultsIn(signaturesOf(join(folder, entry)).all, bareText)).toEqual([])
  })
})

test('samplers and pruners that cannot fail return no Either', () => {
  const { all } = signaturesOf(join(folder, 'sweep', 'index.d.ts'))
  const textOf = (name: string): string => all.find((signature) => signature.name === name)?.text ?? ''
  for (const name of ['random', 'quasiRandom', 'none']) expect(textOf(name)).toMatch(/=> (Sampler|Pruner);/)
  expect(textOf('tpe')).toMatch(/Either<OptionError, Sampler>/)
})

test('faults are found where they are, also behind other types', () => {
  mkdirSync(join(folder, 'wrong'))
  writeFileSync(join(folder, 'wrong', 'index.d.ts'), "export { find, type Found as Hit } from './find.ts';\n")
  writeFileSync(
    join(folder, 'wrong', 'find.d.ts'),
    "import * as O from 'fp-ts/lib/Option.js';\n/** No Option<string>. */\ninterface Inner {\n    at: O.Option<number>;\n}\n" +
      'export type Found = Inner;\nexport declare function find(): number;\nexport declare function find(name: string): import("fp-ts/lib/Either.js").Either<string, Found>;\n',
  )
  const { names, all } = signaturesOf(join(folder, 'wrong', 'index.d.ts'))
  expect(names).toEqual(['find', 'Hit'])
  expect(faultsIn(all, absence)).toEqual(['Inner in wrong/find.d.ts'])
  expect(faultsIn(all, bareText)).toEqual(['find in wrong/find.d.ts'])
})
