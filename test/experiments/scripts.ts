import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..', '..')
const execute = promisify(execFile)

export const experiments: readonly string[] = readdirSync(join(root, 'experiments'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))

// Other tests have the other processors: threads that wait for them would only spin.
const env = { ...process.env, CACHEGRAD_THREADS: '1' }

/** What an experiment prints. */
export const run = async (name: string, ...args: readonly string[]): Promise<string> => {
  const command = ['--import', 'tsx', join('experiments', `${name}.ts`), ...args]
  return (await execute(process.execPath, command, { cwd: root, env })).stdout
}

interface Run {
  readonly name: string
  /** What makes it quick. */
  readonly args: (folder: string) => readonly string[]
  readonly prints: readonly RegExp[]
}

const strokes = ['--data', 'strokes']

/** One after another: what one saves another one reads. */
export const quick: readonly Run[] = [
  // The numbers are the book's.
  {
    name: 'computational-graph',
    args: () => [],
    prints: [/^2 apples at 100, tax 1\.1: 220$/m, /price 2\.2, count 110, tax 200$/m],
  },
  { name: 'custom-layer', args: () => [], prints: [/^x +error \d\.\d\de-\d\d at /m, /^test accuracy 0\.9\d+$/m] },
  { name: 'quickstart', args: () => [], prints: [/^epoch +1 /m, /read as 0/] },
  {
    name: 'mnist',
    args: (folder) => [
      ...strokes,
      '--preset',
      'best',
      '--hidden',
      '20',
      '--epochs',
      '1',
      '--save',
      join(folder, 'net'),
    ],
    prints: [/^test accuracy 0\.\d{4} after 84 iterations/m, /^net: /m],
  },
  {
    name: 'predict',
    args: (folder) => ['--model', join(folder, 'net'), '--all', join(folder, 'rows')],
    prints: [/^ {2}9 +0\.\d{4}$/m],
  },
  {
    name: 'resnet',
    args: () => ['--examples', '500'],
    prints: [/^residual3 +\(32, 4, 4\)/m, /^test accuracy 0\.\d{4}$/m],
  },
  {
    name: 'table',
    args: (folder) => ['--save', join(folder, 'iris'), '--report', join(folder, 'iris.html')],
    prints: [
      /^96 rows to train on, 24 to validate with, 30 to test with$/m,
      /^test accuracy +(?:1\.0|0\.9)\d+$/m,
      /in truth setosa$/m,
    ],
  },
  {
    name: 'table',
    args: () => ['--data', 'flats', '--epochs', '20'],
    prints: [
      /^epoch +1 .* val r2 0\.\d{4}$/m,
      /^test r2 +0\.9[23]\d+$/m,
      /^test r2 of who knows what is no chance: 0\.9356$/m,
    ],
  },
  {
    name: 'table',
    args: (folder) => [
      ...['test/data/fixtures/houses.csv', '--target', 'price', '--categories', 'post'],
      ...['--save', join(folder, 'houses')],
    ],
    prints: [/^77 rows to train on, 19 to validate with, 24 to test with$/m, /^test r2 +0\.9\d+$/m, /^net: /m],
  },
  {
    name: 'predict',
    args: (folder) => ['--model', join(folder, 'houses'), 'test/data/fixtures/houses-excel.csv', '--decimal', ','],
    prints: [/^ {3}1 {2}price [34]\.\d+$/m, /^ {2}… 100 more rows; --all shows them$/m],
  },
  {
    name: 'images',
    args: (folder) => ['test/data/fixtures/pets', '--epochs', '2', '--save', join(folder, 'pets')],
    prints: [/; 12 pictures of 3×8×10, 2 classes: /, /^test accuracy +[01]\.\d{4}$/m, /^net: /m],
  },
  {
    name: 'predict',
    args: (folder) => ['--model', join(folder, 'pets'), 'test/data/fixtures/pets/dog/dog1.jpg'],
    prints: [/^ {2}(?:cat|dog) {2}[01]\.\d{4}$/m],
  },
  {
    name: 'sweep-quick',
    args: (folder) => ['--trials', '1', '--workers', '1', '--study', join(folder, 'study.jsonl')],
    prints: [/^trial +0 {2}complete {2}0\.\d{4} /m, /^finished: 1 trials in /m],
  },
]

/** The same scripts with a convolutional net, which one saves and the other reads. */
export const convolutional: readonly Run[] = [
  {
    name: 'quickstart',
    args: (folder) => ['--net', 'conv', '--save', join(folder, 'convolutional')],
    prints: [/^conv1 +\(8, 28, 28\)/m, /^test accuracy 0\.9\d+ on 2000 new digits$/m],
  },
  {
    name: 'predict',
    args: (folder) => ['--model', join(folder, 'convolutional'), '--all', join(folder, 'rows')],
    prints: [/^ {2}9 +0\.\d{4}$/m],
  },
]

/** Half a minute or more. */
export const slow: readonly Run[] = [
  {
    name: 'mnist',
    args: () => [...strokes, '--preset', 'conv', '--hidden', '4,4,8', '--epochs', '0.2'],
    prints: [/^gelu1 +\(8, 27, 27\)/m, /^test accuracy 0\.\d{4} after 8 iterations, /m],
  },
  {
    name: 'mnist-gradient-check',
    args: () => strokes,
    prints: ['W1', 'b1', 'W2', 'b2'].map((name) => RegExp(`^${name}: \\d\\.\\d{3}e-1\\d$`, 'm')),
  },
]

const cifar = ['--data-dir', join(process.env.CACHEGRAD_DATA ?? '', 'cifar-10-batches-bin')]

export const onCifar10: readonly Run[] = [
  {
    name: 'cifar10',
    args: () => [...cifar, '--iterations', '20', '--hidden', '20'],
    prints: [/^validation accuracy 0\.\d{4}, test accuracy 0\.\d{4}$/m],
  },
  {
    name: 'cifar10',
    args: () => [...cifar, '--preset', 'record', '--iterations', '3', '--hidden', '4,4,8'],
    prints: [
      /^test accuracy 0\.\d{4}, test accuracy with views 0\.\d{4}$/m,
      /^preset record: test accuracy with views 0\.\d{4} is below its band/m,
    ],
  },
  {
    name: 'measure-cifar10',
    args: (folder) => [
      ...[...cifar, '--journal', join(folder, 'runs.jsonl'), '--seeds', '1', '--leave-out', 'dirac,average'],
      ...['--hidden', '4,4,8', '--epochs', '0.05'],
    ],
    prints: [
      /^backend: .*; 0 of 3 runs are in /m,
      /^\| conv, whole \| 1 \| 0\.\d{4} \| 0\.\d{4} \| \+0\.00 \| 0\.\d{4} \| \d\.\d \|$/m,
      /^\| without average \| 1 \| /m,
    ],
  },
  {
    name: 'cifar10',
    args: () => [...cifar, '--preset', 'three-layer', '--iterations', '5', '--hidden', '20'],
    prints: [/^preset three-layer: training accuracy 0\.\d{4} is below its band/m],
  },
  {
    name: 'sweep-cifar10',
    args: (folder) => [...cifar, '--dry-run', '--workers', '1', '--study', join(folder, 'cifar10.jsonl')],
    prints: [/^ {2}learningRate +0\.00001 … 0\.1, log$/m, /^about [\d:]+ for 100 trials of /m],
  },
]

/** Those that compare: what makes each quick, the first cells of the rows that its table must have, and its number of drawings. */
export const teaching: readonly {
  readonly name: string
  readonly args: readonly string[]
  readonly rows: readonly string[]
  readonly drawings: number
}[] = [
  {
    name: 'compare-update-rules',
    args: ['--iterations', '20'],
    rows: ['sgd', 'sgdMomentum', 'adagrad', 'adam', 'nesterov', 'rmsprop', 'adamw'],
    drawings: 4,
  },
  {
    name: 'compare-initialisations',
    args: ['--iterations', '8'],
    rows: ['sigmoid, 1', 'tanh, xavier', 'relu, he', 'relu, 0.01'],
    drawings: 13,
  },
  {
    name: 'batchnorm-weight-scales',
    args: ['--epochs', '1', '--examples', '100', '--scales', '3'],
    rows: ['1', '0.01', '0.0001'],
    drawings: 4,
  },
  {
    name: 'dropout-overfitting',
    args: ['--epochs', '5', '--examples', '60', '--test-samples', '100'],
    rows: ['0.01, 1', '0.01, 5', '0.1, 5'],
    drawings: 2,
  },
]

/** Runs one that compares, on strokes, and writes its page there. */
export const runTeaching = (name: string, out: string, ...args: readonly string[]): Promise<string> =>
  run(name, '--backend', 'wasm-strict', ...strokes, '--out', out, ...args)
