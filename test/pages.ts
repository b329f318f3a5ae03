import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

// What a page (README.md and those of docs/) holds: text, and programs that its reader pastes.

export const root = join(import.meta.dirname, '..')

/** README.md and all pages of docs/, as paths from the root. */
export const guides: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
]

export const textOf = (page: string): string => readFileSync(join(root, page), 'utf8')

export interface Fragment {
  readonly language: string
  readonly code: string
}

export const fragmentsIn = (text: string): readonly Fragment[] =>
  [...text.matchAll(/^( *)```(\w*)[^\n]*\n([\s\S]*?)^\1```$/gm)].map(([, indent = '', language = '', code = '']) => ({
    language,
    code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }))

/** Prose without its fragments. */
export const proseIn = (text: string): string => text.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '')

/** A file that a reader makes of a page, and runs. */
export interface Program {
  readonly file: string
  readonly language: 'ts' | 'python'
  readonly code: string
}

const languageOf = (language: string): Program['language'] | undefined => {
  if (language === 'js' || language === 'ts') return 'ts'
  return language === 'python' ? 'python' : undefined
}

const PAGE = 'page.ts'

/**
 * The programs of a page, in its order: a fragment that begins with the name of its file, `// search.ts` or `# save.py`, is one;
 * all other TypeScript is another, page.ts.
 */
export const programsIn = (text: string): readonly Program[] => {
  const programs = new Map<string, Program>()
  for (const { language, code } of fragmentsIn(text)) {
    const known = languageOf(language)
    if (known === undefined) continue
    const file = /^(?:\/\/|#) (\w+\.(?:ts|py))\b/.exec(code)?.[1] ?? PAGE
    const before = programs.get(file)
    if (before !== undefined && file !== PAGE) throw new Error(`two fragments are named ${file}`)
    if (known === 'python' && file === PAGE) throw new Error(`Python has no name: ${code}`)
    programs.set(file, { file, language: known, code: `${before === undefined ? '' : `${before.code}\n`}${code}` })
  }
  return [...programs.values()]
}

const isPrint = (line: string): boolean => /\b(console\.log|print)\(/.test(line)

const COMMENT = /^ *(?:\/\/|#) ?(.*)$/

/**
 * What a program should print: comments behind its prints or below them (also below the brackets that close around them). `…` stands for
 * anything.
 */
export const expectedOf = ({ code, file }: Program): string => {
  const lines = code.split('\n')
  const expected: string[] = []
  lines.forEach((line, i) => {
    if (!isPrint(line)) return
    const behind = /^.*\) {1,2}(?:\/\/|#) (.*)$/.exec(line)?.[1]
    if (behind !== undefined) {
      expected.push(behind)
      return
    }
    let next = i + 1
    while (/^[ })\],;]+$/.test(lines[next] ?? '')) next++
    const first = next
    for (; COMMENT.test(lines[next] ?? ''); next++) expected.push(COMMENT.exec(lines[next] as string)?.[1] as string)
    if (next === first) throw new Error(`${file}: what does this print? ${line}`)
  })
  return expected.join('\n')
}

/** Without the blanks that depend on how wide a line is. */
const flat = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/([[({]) /g, '$1')
    .replaceAll(/ ([\])}])/g, '$1')
    .trim()

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** What a program printed, and what it should have: equal where it fits. */
export const compared = (program: Program, printed: string): readonly [got: string, expected: string] => {
  const [got, expected] = [flat(printed), flat(expectedOf(program))]
  const pattern = new RegExp(`^${expected.split('…').map(escaped).join('.*?')}$`)
  return pattern.test(got) ? [expected, expected] : [got, expected]
}
