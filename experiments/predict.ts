// Class probabilities of images by a net that `saveNet` wrote: of PNG and JPEG files, or of one row of IDX files.
import { InvalidArgumentError } from 'commander'
import { loadNet, predict, type TrainedNet } from '../src/formats/index.ts'
import { command, main, number, orFail, parse } from './support/cli.ts'
import { pixelsOf } from './support/pixels.ts'

interface Flags {
  readonly model: string
  readonly row: number
  readonly all?: boolean
}

const BEST = 3

const natural = (text: string): number => {
  const n = number(text)
  if (!Number.isSafeInteger(n) || n < 0) throw new InvalidArgumentError('it must be an integer ≥ 0.')
  return n
}

const program = command('predict', 'Class probabilities of images: PNG and JPEG files, or a row of IDX files.')
  .argument(
    '<images...>',
    'as the net was trained, e.g. white on black as in MNIST; what is transparent counts as black',
  )
  .requiredOption('--model <file>', 'a net that saveNet wrote, e.g. m.safetensors')
  .option('--row <n>', 'of an IDX file, from 0', natural, 0)
  .option('--all', `all classes, not only the ${BEST} most probable ones`)

// Names come from a file: what would move a terminal's cursor is not printed.
const printable = (name: string): string => name.replace(/\p{Cc}/gu, '·')

const note = (text: string): void => void process.stderr.write(`note: ${printable(text)}\n`)

const lines = (net: TrainedNet, probabilities: ArrayLike<number>, count: number): readonly string[] => {
  const classes = Array.from(probabilities, (p, i) => ({ name: printable(net.classNames?.[i] ?? String(i)), p }))
  // Of all names, so that the columns of all images stand below each other.
  const width = classes.reduce((most, { name }) => Math.max(most, name.length), 0)
  return classes
    .sort((a, b) => b.p - a.p)
    .slice(0, count)
    .map(({ name, p }) => `  ${name.padEnd(width)}  ${p.toFixed(4)}`)
}

main(async () => {
  const { model, row, all = false } = parse<Flags>(program)
  const net = orFail(await loadNet(model)())
  const { input } = net
  if (input?.type !== 'bytes') {
    throw new Error(
      input === undefined
        ? `${model}: the net does not say how bytes are preprocessed; save it with input: inputOf(data.xTrain)`
        : `${model}: the net takes ${input.shape.join('×')} numbers and no pictures; give predict of cachegrad/formats a tensor`,
    )
  }
  const count = all ? (net.model.outShape[0] ?? 1) : BEST
  for (const path of program.args) {
    const probabilities = predict(net, await pixelsOf(path, row, input.shape, note))
    console.log([printable(path), ...lines(net, probabilities.data, count)].join('\n'))
  }
})
