import { basename } from 'node:path'
import { type Command, Option } from 'commander'
import { loadCsv, type TargetTable } from '../../src/data/index.ts'
import { orFail, present } from './cli.ts'

/** What the command line says of a CSV file. */
export interface TableFlags {
  readonly target?: string
  readonly ignore?: readonly string[]
  readonly categories?: readonly string[]
  readonly separator?: string
  readonly decimal?: '.' | ','
  readonly encoding?: string
  readonly onMissing?: 'error' | 'skip' | 'fill'
}

const names = (text: string): readonly string[] => text.split(',').map((name) => name.trim())

const unescaped = (text: string): string => (text === '\\t' ? '\t' : text)

/** How a CSV file is written. */
export const formOptions = (command: Command): Command =>
  command
    .option(
      '--separator <character>',
      "between cells, e.g. ';' or '\\t'; found in the first line unless given",
      unescaped,
    )
    .addOption(new Option('--decimal <character>', 'in numbers').choices(['.', ',']))
    .option('--encoding <name>', 'of the characters, e.g. windows-1252; utf-8 unless given')

export const tableOptions = (command: Command): Command =>
  formOptions(
    command
      .option('--target <column>', 'of a CSV file, what is to be predicted: numbers, or the names of classes')
      .option('--ignore <columns>', 'columns that are left out, e.g. id,name', names)
      .option('--categories <columns>', 'columns whose numbers are names, e.g. post; the target for classes', names),
  ).addOption(
    new Option('--on-missing <what>', 'what becomes of rows with a missing cell').choices(['error', 'skip', 'fill']),
  )

export const formOf = ({ separator, decimal, encoding }: TableFlags) => present({ separator, decimal, encoding })

/** The table in a CSV file. */
export const tableFile = async (path: string, flags: TableFlags): Promise<TargetTable> => {
  const { target, ignore, categories, onMissing } = flags
  if (target === undefined)
    throw new Error(`${basename(path)}: --target is missing; give the name of the column to be predicted`)
  const table = orFail(
    await loadCsv(path, { target, ...formOf(flags), ...present({ ignore, categories, onMissing }) })(),
  )
  if (table.skipped.length > 0) {
    console.log(`${table.skipped.length} rows with a missing cell are left out, the first is row ${table.skipped[0]}`)
  }
  return table
}
