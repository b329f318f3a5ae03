import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformWithOxc } from 'vite'
import { describe, expect, test } from 'vitest'
import { format } from './docs.ts'

// The pages of docs/ are run: all code of a page in one scope, in its order. What `console.log(…)` prints stands behind it as a comment.

const root = join(import.meta.dirname, '..')
const pages = readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md'))

const codeOf = (page: string): string =>
  [...readFileSync(join(root, 'docs', page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)]
    .map(([, code]) => code)
    .join('\n')

const IMPORT = /^import \{([^}]*)\} from '(cachegrad[^']*)'$/gm

/** What the code imports, by name. */
const importedBy = async (code: string): Promise<Readonly<Record<string, unknown>>> => {
  const all = [...code.matchAll(IMPORT)].map(async ([, list = '', entry = '']) => {
    const module = await import(/* @vite-ignore */ join(root, 'src', entry.slice('cachegrad'.length), 'index.ts'))
    const names = list.split(',').map((name) => name.trim())
    return names.filter((name) => !name.startsWith('type ')).map((name) => [name, module[name]] as const)
  })
  return Object.fromEntries((await Promise.all(all)).flat())
}

const run = async (code: string): Promise<readonly string[]> => {
  const printed: string[] = []
  const console = { log: (value: unknown) => printed.push(format(value)) }
  const scope = { ...(await importedBy(code)), console }
  const { code: body } = await transformWithOxc(`const page = async () => {\n${code.replace(IMPORT, '')}\n}`, 'page.ts')
  await new Function(...Object.keys(scope), `${body}\nreturn page()`)(...Object.values(scope))
  return printed
}

const expectedOf = (code: string): readonly string[] =>
  [...code.matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)].map(([, expected = '']) => expected)

describe('the code of docs', { timeout: 120_000 }, () => {
  test.each(pages)('%s runs, and prints what stands behind it', async (page) => {
    const code = codeOf(page)
    expect(code).not.toBe('')
    expect(expectedOf(code)).toHaveLength(code.split('console.log(').length - 1)
    expect(await run(code)).toEqual(expectedOf(code))
  })

  test('a wrong page would fail', async () => {
    expect(await run("import { ones } from 'cachegrad'\nconsole.log(ones([2]).data) // wrong")).toEqual([
      'Float32Array [1, 1]',
    ])
    await expect(run("import { one } from 'cachegrad'\none([2])")).rejects.toThrow('one is not a function')
  })
})
