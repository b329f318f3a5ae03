import { Command, InvalidArgumentError, Option } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { type BackendName, backendNames, useBackend } from '../../src/index.ts'

/** Ends the process with one line for people. */
export const fail = (message: string, code = 1): never => {
  process.stderr.write(`error: ${message.replace(/\s*\n\s*/g, ' ')}\n`)
  process.exit(code)
}

/** Something that does not stop the work. */
export const warn = (message: string): void => void process.stderr.write(`warning: ${message}\n`)

/** One line for people, and the exit code of a process that then ends by itself. */
export const complain = (message: string, code: number): void => {
  process.stderr.write(`error: ${message}\n`)
  process.exitCode = code
}

/** The right value, or the end of the process with the left one's message. */
export const orFail = <A>(result: E.Either<Error, A>): A =>
  E.isLeft(result) ? fail(result.left.message) : result.right

/** Runs a script's body; whatever it throws becomes one line. */
export const main = (body: () => Promise<void> | void): void => {
  Promise.resolve()
    .then(body)
    .catch((reason: unknown) => fail(E.toError(reason).message))
}

const isNumeral = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text))

/** The library checks ranges and words the message. */
export const number = (text: string): number => {
  if (isNumeral(text)) return Number(text)
  throw new InvalidArgumentError(`${JSON.stringify(text)} is no number; write it as 0.01 or 1e-2.`)
}

export const sizes = (text: string): number[] => (text === 'none' ? [] : text.split(',').map(number))

export const numberOrName = (text: string): number | string => (isNumeral(text) ? Number(text) : text)

/** `learningRate=0.1,momentum=0.9` */
export const settings = (text: string): Record<string, number> =>
  Object.fromEntries(
    text.split(',').map((part) => {
      const [name = '', value = '', ...rest] = part.split('=')
      if (name === '' || rest.length > 0) throw new InvalidArgumentError('expected name=value,name=value')
      return [name.trim(), number(value)]
    }),
  )

/** The options that were given. */
export const present = <T extends object>(options: T): Partial<T> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>

/** A command whose mistakes are one line each, with the backend option that all experiments have. */
export const command = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .allowExcessArguments(false)
    .addOption(
      new Option('--backend <name>', 'kernels to use; the fastest that is found unless given').choices(backendNames),
    )
    .helpOption('-h, --help', 'this text')
    .configureOutput({
      writeErr: (text) => process.stderr.write(text),
      outputError: (text, write) => write(`${text.trim().replace(/\s*\n\s*/g, ' ')}\n`),
    })

/** Parses the command line and switches to the backend it names. */
export const parse = <O extends object>(program: Command): O => {
  const options = program.parse().opts<O & { backend?: BackendName }>()
  if (options.backend !== undefined) {
    const chosen = useBackend(options.backend)
    if (E.isLeft(chosen)) fail(chosen.left.message)
  }
  return options
}
