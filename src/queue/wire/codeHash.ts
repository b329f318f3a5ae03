import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const RELATIVE = /['"`](\.{1,2}\/[^'"`\n]+)['"`]/g
const BARE = /\b(?:from|import)\s*\(?\s*['"]([^./'"][^'"]*)['"]/g

/** What may be code; a journal, say, that a script names is none. */
const CODE = /\.(?:[mc]?[jt]sx?|json|wasm|wat|node)$/

/** What loaders try, in packages that leave endings out. */
const ENDINGS = ['', '.ts', '.tsx', '.js', '.cjs', '.json', '/index.ts', '/index.js']

/** Compilers let `./x.js` stand for `./x.ts`. */
const asTypeScript = (path: string): string => path.replace(/\.([mc]?)js(x?)$/, '.$1ts$2')

// What is no file may be asked for as a folder, which statSync throws for.
const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile()

/** The files that a module's text names. */
const filesIn = (file: string, text: string): readonly string[] => {
  const named = [...text.matchAll(RELATIVE)].map(([, path]) => join(dirname(file), path as string))
  return named
    .flatMap((path) => [...ENDINGS.map((ending) => path + ending), asTypeScript(path)])
    .filter((path) => CODE.test(path) && isFile(path))
}

/** `fp-ts@2.16.11`, looked for from a file on upwards; undefined for what is no package, e.g. node:fs. */
const packageAt = (file: string, specifier: string): string | undefined => {
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name, 'package.json')
    if (isFile(path)) return `${name}@${(JSON.parse(readFileSync(path, 'utf8')) as { version?: string }).version}`
    if (folder === dirname(folder)) return undefined
  }
}

/**
 * SHA-256 of a module, of all files of code that it and they name by relative paths, and of the versions of the packages that they import.
 *
 * @param module  its URL
 */
export const codeHash = (module: string): string => {
  const root = fileURLToPath(module)
  const texts = new Map<string, string>()
  const packages = new Set<string>()
  const pending = [root]
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (texts.has(file)) continue
    // Checkouts may differ in their line breaks.
    const text = readFileSync(file, 'utf8').replaceAll('\r\n', '\n')
    texts.set(file, text)
    for (const [, specifier] of text.matchAll(BARE)) packages.add(packageAt(file, specifier as string) ?? '')
    pending.push(...filesIn(file, text))
  }
  const files = [...texts].map(([file, text]) => [relative(dirname(root), file).split(sep).join('/'), text] as const)
  files.sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([files, [...packages].sort()]))
    .digest('hex')
}
