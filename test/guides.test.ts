import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { format } from 'node:util'
import { transformWithOxc } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compared, fragmentsIn, guides, programsIn, proseIn, root, textOf } from './pages.ts'

// Pages are run, and print what stands in their comments. Here the program of each page, in this process, with the sources; from the packed
// package, with types and with the programs of other files, in test/package.

const IMPORT = /^import (?:\{([^}]*)\}|\* as (\w+)) from '([^']*)'$/gm

const moduleOf = (name: string): Promise<Record<string, unknown>> =>
  import(/* @vite-ignore */ name.startsWith('cachegrad') ? join(root, 'src', name.slice(9), 'index.ts') : name)

/** What the code imports, by name. */
const importedBy = async (code: string): Promise<Readonly<Record<string, unknown>>> => {
  const found = [...code.matchAll(IMPORT)].map(async ([, list = '', all, name = '']) => {
    const module = await moduleOf(name)
    if (all !== undefined) return [[all, module]] as const
    const names = list.split(',').map((each) => each.trim())
    return names.filter((each) => each !== '' && !each.startsWith('type ')).map((each) => [each, module[each]] as const)
  })
  return Object.fromEntries((await Promise.all<readonly (readonly [string, unknown])[]>(found)).flat())
}

const run = async (code: string): Promise<string> => {
  const printed: string[] = []
  const console = { log: (...values: unknown[]) => printed.push(format(...values)) }
  const scope = { ...(await importedBy(code)), console }
  const { code: body } = await transformWithOxc(`const page = async () => {\n${code.replace(IMPORT, '')}\n}`, 'page.ts')
  await new Function(...Object.keys(scope), `${body}\nreturn page()`)(...Object.values(scope))
  return printed.join('\n')
}

describe('the code of the guides', { timeout: 120_000 }, () => {
  const before = process.cwd()
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-guides-'))
  beforeAll(() => process.chdir(folder))
  afterAll(() => {
    process.chdir(before)
    rmSync(folder, { recursive: true, force: true })
  })

  const programs = guides.flatMap((page) =>
    programsIn(textOf(page))
      .filter(({ file }) => file === 'page.ts')
      .map((program) => ({ page, program })),
  )

  test.each(programs)('$page runs, and prints what its comments say', async ({ program }) => {
    const [got, expected] = compared(program, await run(program.code))
    expect(got).toBe(expected)
  })

  test('each page has a program', () => {
    expect(guides.filter((page) => programsIn(textOf(page)).length === 0)).toEqual([])
  })

  test('a wrong page would fail', async () => {
    const program = (code: string) => ({ file: 'page.ts', language: 'ts', code }) as const
    const wrong = "import { ones } from 'cachegrad'\nconsole.log(ones([2]).data) // wrong"
    expect(compared(program(wrong), await run(wrong))).toEqual(['Float32Array(2) [1, 1]', 'wrong'])
    expect(compared(program('console.log(1)\n// [1, … 9 ]\n'), '[ 1, 2,\n 9 ]')).toEqual(['[1, … 9]', '[1, … 9]'])
    expect(() => compared(program('console.log(1)\n'), '1')).toThrow('what does this print?')
    await expect(run("import { one } from 'cachegrad'\none([2])")).rejects.toThrow('one is not a function')
  })
})

/** Names of ours in prose: code that is a call, or a bare name in camel case. Names of Python have an underscore or a point. */
const namesIn = (text: string): readonly string[] =>
  [...proseIn(text).matchAll(/`([a-z][a-zA-Z0-9]*)(\(|`)/g)]
    .filter(([, name = '', end]) => end === '(' || /[A-Z]/.test(name))
    .map(([, name = '']) => name)

describe('the names in the guides', () => {
  const words = new Set(
    readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => readFileSync(join(root, 'src', file), 'utf8').match(/\b[a-z]\w*/g) ?? []),
  )

  test.each(guides)('%s speaks of what is there', (page) => {
    const code = programsIn(textOf(page)).flatMap((program) => program.code.match(/\b[a-z]\w*/g) ?? [])
    expect(namesIn(textOf(page)).filter((name) => !words.has(name) && !code.includes(name))).toEqual([])
  })

  test('a wrong name would fail', () => {
    const text = '`weightsFrom(model)`, `noSuchThing(1)`, `tensorBoardLog`, `affine_forward(x)`, `np.array(x)`, `axis`'
    expect(namesIn(text)).toEqual(['weightsFrom', 'noSuchThing', 'tensorBoardLog'])
    expect(namesIn(text).filter((name) => !words.has(name))).toEqual(['noSuchThing', 'tensorBoardLog'])
  })
})

const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(root, folder, file))

describe('the commands of the guides', () => {
  const { scripts, peerDependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const known = ['cachegrad', ...Object.keys({ ...peerDependencies, ...devDependencies })]
  const options = new Set(
    ['experiments', 'experiments/support', 'bench'].flatMap((folder) =>
      filesIn(folder).flatMap((file) => readFileSync(file, 'utf8').match(/--[a-z][a-z-]*/g) ?? []),
    ),
  )

  /** Commands of shell fragments and of code in prose. */
  const commandsOf = (text: string): readonly string[] => [
    ...fragmentsIn(text)
      .filter(({ language }) => language === 'sh' || language === 'bash')
      .flatMap(({ code }) => code.replaceAll('\\\n', ' ').split('\n')),
    ...[...proseIn(text).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code),
  ]

  const parts = (text: string): readonly (readonly string[])[] =>
    commandsOf(text)
      .flatMap((line) => line.replace(/ +#.*$/, '').split('&&'))
      .map((command) => command.trim().split(/\s+/))

  /** Why a command cannot be, if so. */
  const faultOf = ([program, first, ...rest]: readonly string[], page: string): string | undefined => {
    if (program === 'npm' && first === 'run' && !((rest[0] as string) in scripts)) return `no script ${rest[0]}`
    if (program === 'npm' && first === 'install') {
      return rest.find((name) => !name.startsWith('-') && !known.includes(name.replace(/@\d.*$/, '')))
    }
    if (program !== 'npx' || first !== 'tsx') return undefined
    const [file = '', ...args] = rest
    const isOwn = programsIn(textOf(page)).some((each) => each.file === file)
    if (!isOwn && !existsSync(join(root, file)) && !file.includes('<')) return `no file ${file}`
    return args.find((arg) => arg.startsWith('--') && !options.has(arg))
  }

  test.each(guides)('%s names scripts, packages, files and options that are there', (page) => {
    const faults = parts(textOf(page)).map((command) => [faultOf(command, page), command.join(' ')] as const)
    expect(faults.filter(([fault]) => fault !== undefined)).toEqual([])
  })

  test('README has at most 130 lines', () => {
    expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(130)
  })

  test('README names each package that is installed with ours', () => {
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })
    expect(names.filter((name) => !textOf('README.md').includes(name))).toEqual([])
  })

  test('a wrong command would fail', () => {
    const fault = (line: string) => faultOf(line.split(' '), 'README.md')
    expect(fault('npm run tset')).toBe('no script tset')
    expect(fault('npm install bulmq')).toBe('bulmq')
    expect(fault('npx tsx experiments/mnsit.ts')).toBe('no file experiments/mnsit.ts')
    expect(fault('npx tsx experiments/mnist.ts --no-such-option')).toBe('--no-such-option')
    expect(fault('npx tsx experiments/mnist.ts --preset best')).toBeUndefined()
  })
})
