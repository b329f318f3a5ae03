// What a net that `saveNet` wrote says of examples: classes of PNG and JPEG files or of one row of IDX files, classes or numbers of the rows of CSV
// files.
import { InvalidArgumentError } from 'commander'
import { loadCsv } from '../src/data/index.ts'
import { loadNet, predict, type TrainedNet } from '../src/formats/index.ts'
import type { NumbersInput } from '../src/index.ts'
import { command, main, number, orFail, parse } from './support/cli.ts'
import { pixelsOf } from './support/pixels.ts'
import { formOf, formOptions, type TableFlags } from './support/tableFile.ts'

interface Flags extends Pick<TableFlags, 'separator' | 'decimal' | 'encoding'> {
  readonly model: string
  readonly row: number
  readonly all?: boolean
}

const BEST = 3
const FIRST = 20 // rows of a table

const natural = (text: string): number => {
  const n = number(text)
  if (!Number.isSafeInteger(n) || n < 0) throw new InvalidArgumentError('it must be an integer ≥ 0.')
  return n
}

const program = formOptions(
  command('predict', 'What a net says of pictures (PNG, JPEG), of a row of IDX files, or of the rows of CSV files.')
    .argument(
      '<files...>',
      'as the net was trained: pictures e.g. white on black as in MNIST, what is transparent counts as black; tables with the same columns',
    )
    .requiredOption('--model <file>', 'a net that saveNet wrote, e.g. m.safetensors')
    .option('--row <n>', 'of an IDX file, from 0', natural, 0)
    .option('--all', `all classes, not only the ${BEST} most probable ones; all rows of a table, not only ${FIRST}`),
)

// Names come from a file: what would move a terminal's cursor is not printed.
const printable = (name: string): string => name.replace(/\p{Cc}/gu, '·')

const note = (text: string): void => void process.stderr.write(`note: ${printable(text)}\n`)

/** A number for each class or output: one output of yes or no is the probability of yes. */
const perClass = ({ model }: TrainedNet, outputs: ArrayLike<number>): readonly number[] => {
  const all = Array.from(outputs)
  const [yes = 0] = all
  return model.task.classes === 2 && all.length === 1 ? [1 - yes, yes] : all
}

const lines = (net: TrainedNet, outputs: ArrayLike<number>, count: number): readonly string[] => {
  const classes = perClass(net, outputs).map((p, i) => ({ name: printable(net.classNames?.[i] ?? String(i)), p }))
  // Of all names, so that the columns of all images stand below each other.
  const width = classes.reduce((most, { name }) => Math.max(most, name.length), 0)
  return classes
    .sort((a, b) => b.p - a.p)
    .slice(0, count)
    .map(({ name, p }) => `  ${name.padEnd(width)}  ${p.toFixed(4)}`)
}

/** What a net says of one row of a table: the class that is most probable, or numbers. */
const verdict = (net: TrainedNet, outputs: ArrayLike<number>): string => {
  const { model, classNames = [] } = net
  const all = perClass(net, outputs)
  const name = (i: number): string => printable(classNames[i] ?? String(i))
  if (model.task.link === 'identity') return all.map((value, i) => `${name(i)} ${value.toPrecision(6)}`).join('  ')
  const best = all.indexOf(Math.max(...all))
  return `${name(best)}  ${all[best]?.toFixed(4)}`
}

const ofTable = async (net: TrainedNet, { columns }: NumbersInput, path: string, flags: Flags): Promise<string[]> => {
  if (columns === undefined)
    throw new Error(`${path}: the net takes numbers and keeps no columns; give predict of cachegrad/formats a tensor`)
  const { x, skipped } = orFail(await loadCsv(path, { columns, onMissing: 'skip', ...formOf(flags) })())
  if (skipped.length > 0)
    note(`${path}: ${skipped.length} rows with a missing cell are left out, the first is row ${skipped[0]}`)
  const { shape, data } = predict(net, x)
  const [rows = 0, width = 1] = shape
  const shown = flags.all ? rows : Math.min(rows, FIRST)
  const lines = Array.from(
    { length: shown },
    (_, i) =>
      `  ${String(i + 1).padStart(String(shown).length)}  ${verdict(net, data.subarray(i * width, (i + 1) * width))}`,
  )
  return shown < rows ? [...lines, `  … ${rows - shown} more rows; --all shows them`] : lines
}

const ofPictures = async (
  net: TrainedNet,
  path: string,
  { row, all = false, model }: Flags,
): Promise<readonly string[]> => {
  const { input } = net
  if (input === undefined) {
    throw new Error(
      `${model}: the net does not say how bytes are preprocessed; save it with input: inputOf(data.xTrain)`,
    )
  }
  const count = all ? Number.POSITIVE_INFINITY : BEST
  return lines(net, predict(net, await pixelsOf(path, row, input.shape, note)).data, count)
}

main(async () => {
  const flags = parse<Flags>(program)
  const net = orFail(await loadNet(flags.model)())
  for (const path of program.args) {
    const found =
      net.input?.type === 'numbers' ? await ofTable(net, net.input, path, flags) : await ofPictures(net, path, flags)
    console.log([printable(path), ...found].join('\n'))
  }
})
