import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { main } from '../../experiments/support/cli.ts'
import { fuzz, type Outcome } from './fuzz.ts'
import { input } from './input.ts'
import { table, verdict } from './report.ts'
import { targets } from './targets/index.ts'

// Hostile files for every reader; exit 1 when one of them does anything but give a value or an error value.

const PATIENCE = 60_000 // ms; the largest journals, of 15 MB, take 4 s on a quiet machine

interface Flags {
  readonly inputs: number
  readonly seed: number
  readonly target?: string
  readonly input?: number
}

const natural = (text: string): number => {
  const value = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= 0) return value
  throw new InvalidArgumentError('an integer ≥ 0 is expected.')
}

const program = new Command('fuzz')
  .description('hostile files for every reader of files')
  .option('--inputs <number>', 'files, shared evenly among the readers', natural, 140_000)
  .option('--seed <number>', 'of the files', natural, 0)
  .addOption(new Option('--target <name>', 'only this reader').choices(targets.map(({ name }) => name)))
  .option('--input <number>', 'only this file of --target, to repeat a failure', natural)
  .parse()

const progress = ({ inputs }: Flags) => {
  let shown = 0
  return (outcome: Outcome): void => {
    const done = [...outcome.values()].reduce((sum, tally) => sum + tally.inputs, 0)
    if (!process.stderr.isTTY || Math.floor((100 * done) / inputs) === shown) return
    shown = Math.floor((100 * done) / inputs)
    process.stderr.write(`\r${shown} %${done < inputs ? '' : '\r     \r'}`)
  }
}

const describe = ({ seed, input: number }: Flags, name: string): void => {
  const target = targets.find((one) => one.name === name)
  if (target === undefined || number === undefined) return
  const { kind, bytes } = input(target, seed, number)
  const beginning = Buffer.from(bytes.subarray(0, 64)).toString('hex')
  console.log(`input ${number} of ${name}: ${kind}, ${bytes.length} bytes: ${beginning}${bytes.length > 64 ? '…' : ''}`)
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

main(async () => {
  const flags = program.opts<Flags>()
  if (flags.input !== undefined && flags.target === undefined) program.error('error: --input needs --target')
  const names = flags.target === undefined ? targets.map(({ name }) => name) : [flags.target]
  const [from, to] =
    flags.input === undefined ? [0, Math.ceil(flags.inputs / names.length)] : [flags.input, flags.input + 1]
  for (const name of flags.input === undefined ? [] : names) describe(flags, name)
  const module = join(import.meta.dirname, 'targets', 'index.ts')
  const plan = { module, targets: names, seed: flags.seed, from, to, patience: PATIENCE }
  const outcome = await fuzz(plan, progress(flags))
  console.log(`${table(outcome)}\n\n${verdict(outcome)}`)
  if ([...outcome.values()].some(({ failures }) => failures.length > 0)) process.exitCode = 1
})
