import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A declaration, without comments, and the .d.ts file that has it. */
export interface Signature {
  readonly name: string
  readonly file: string
  readonly text: string
}

/** What a .d.ts file declares, passes on and imports, by name. */
interface Module {
  readonly declared: ReadonlyMap<string, string>
  /** Own name ↦ where it comes from. */
  readonly taken: ReadonlyMap<string, { readonly file: string; readonly name: string }>
  readonly exported: readonly string[]
}

const STATEMENT = /^(?=import |export |declare |interface |type )/m
const DECLARATION = /^(?:export )?(?:declare )?(?:abstract )?(?:const|function|class|interface|type) ([\w$]+)/
const LIST = /^(import|export) (?:type )?\{([^}]*)\} from ['"](\.[^'"]*)['"]/

/** Reads what the compiler writes: each statement begins a line. */
const read = (file: string): Module => {
  const declared = new Map<string, string>()
  const taken = new Map<string, { file: string; name: string }>()
  const exported: string[] = []
  const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
  for (const statement of code.split(STATEMENT)) {
    const name = DECLARATION.exec(statement)?.[1]
    if (name !== undefined) {
      // A function's overloads are several statements.
      declared.set(name, `${declared.get(name) ?? ''}${statement}`)
      if (statement.startsWith('export ')) exported.push(name)
    }
    const [, kind, names = '', from = ''] = LIST.exec(statement) ?? []
    for (const item of names.split(',').filter((text) => text.trim() !== '')) {
      const [own, other] = item
        .trim()
        .replace(/^type /, '')
        .split(' as ') as [string, string?]
      taken.set(other ?? own, { file: join(dirname(file), from.replace(/\.[jt]s$/, '.d.ts')), name: own })
      if (kind === 'export') exported.push(other ?? own)
    }
  }
  return { declared, taken, exported }
}

/** The public names of an entry's .d.ts file, and all declarations that their types lead to. */
export const signaturesOf = (entry: string): { readonly names: readonly string[]; readonly all: Signature[] } => {
  const modules = new Map<string, Module>()
  const moduleAt = (file: string): Module => {
    const known = modules.get(file) ?? read(file)
    modules.set(file, known)
    return known
  }
  const seen = new Map<string, Signature>()
  const visit = (name: string, file: string): void => {
    const { declared, taken } = moduleAt(file)
    const from = taken.get(name)
    if (from !== undefined) {
      visit(from.name, from.file)
      return
    }
    const text = declared.get(name)
    if (text === undefined || seen.has(`${file} ${name}`)) return
    seen.set(`${file} ${name}`, { name, file, text })
    for (const [word] of text.matchAll(/[\w$]+/g)) visit(word, file)
    for (const [, path = '', word = ''] of text.matchAll(/import\("(\.[^"]*)"\)\.([\w$]+)/g)) {
      visit(word, join(dirname(file), path.replace(/\.[jt]s$/, '.d.ts')))
    }
  }
  const names = moduleAt(entry).exported
  for (const name of names) visit(name, entry)
  return { names, all: [...seen.values()] }
}
