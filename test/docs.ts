import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A doc comment and the name that it stands before. */
export interface Doc {
  readonly file: string
  readonly line: number
  readonly name: string
  readonly exported: boolean
  /** What comes before the first tag. */
  readonly text: string
  readonly tags: readonly { readonly tag: string; readonly text: string }[]
}

export interface Example {
  readonly title: string
  readonly file: string
  /** All lines but the last. */
  readonly statements: string
  readonly expression: string
  /** The comment behind the last line. */
  readonly expected: string | undefined
}

const source = fileURLToPath(new URL('../src', import.meta.url))

/** TypeScript files of src, without the AssemblyScript ones, whose language is another. */
const files = (): string[] =>
  readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.ts$/.test(file) && !/\.d\.ts$/.test(file) && !file.startsWith('kernels/assembly'))
    .map((file) => `${source}/${file}`)
    .sort()

const COMMENT = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(export\s+)?(?:const|function\*?|class|interface|type)?\s*(\w+)?/g

const docsOf = (file: string): Doc[] => {
  const code = readFileSync(file, 'utf8')
  return [...code.matchAll(COMMENT)].map((match) => {
    const lines = (match[1] as string).split('\n').map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    const [text = '', ...tags] = lines.join('\n').split(/^@(?=\w)/m)
    return {
      file,
      line: code.slice(0, match.index).split('\n').length,
      name: match[3] ?? '',
      exported: match[2] !== undefined,
      text: text.trim(),
      tags: tags.map((tag) => {
        const [, name = '', rest = ''] = /^(\w+)([\s\S]*)$/.exec(tag) ?? []
        return { tag: name, text: rest.trim() }
      }),
    }
  })
}

export const allDocs = (): Doc[] => files().flatMap(docsOf)

export const examplesOf = (doc: Doc): Example[] =>
  doc.tags
    .filter(({ tag }) => tag === 'example')
    .map(({ text }) => {
      const lines = text.split('\n').map((line) => line.trim())
      const [, expression = '', expected] = /^(.*?)(?:\s+\/\/ (.*))?$/.exec(lines.at(-1) as string) ?? []
      return {
        title: `${doc.file.slice(source.length + 1)}:${doc.line} ${doc.name}`,
        file: doc.file,
        statements: lines.slice(0, -1).join('\n'),
        expression,
        expected,
      }
    })

// The shortest decimal that is this float32: 0.2 and not 0.20000000298023224.
const single = (value: number): string => {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(value)
}

const list = (values: ArrayLike<unknown>, show: (value: never) => string): string =>
  `[${Array.from(values, show as (value: unknown) => string).join(', ')}]`

/** A value as the comments write it, e.g. `Float32Array [0.5, 1]` or `right({ name: 'js' })`. */
export const format = (value: unknown): string => {
  if (typeof value === 'string') return `'${value.replaceAll('\r', '\\r').replaceAll('\n', '\\n')}'`
  if (value instanceof Float32Array) return `Float32Array ${list(value, single)}`
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} ${list(value as Float64Array, String)}`
  if (Array.isArray(value)) return list(value, format)
  if (typeof value !== 'object' || value === null) return String(value)
  const { _tag, left, right } = value as { _tag?: unknown; left?: unknown; right?: unknown }
  if (_tag === 'Left') return `left(${format(left)})`
  if (_tag === 'Right') return `right(${format(right)})`
  return `{ ${Object.entries(value)
    .map(([name, field]) => `${name}: ${format(field)}`)
    .join(', ')} }`
}
