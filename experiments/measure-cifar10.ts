// Runs of a preset of cifar10.ts over seeds, whole and without each of its methods. Each run is a line of a journal, and has
// checkpoints as long as it is not over, so that the next call goes on where this one ended: over nights, and in parts.
import { rmSync } from 'node:fs'
import { cpus } from 'node:os'
import { InvalidArgumentError, Option } from 'commander'
import { openCheckpoints } from '../src/checkpoint/index.ts'
import { loadCifar10 } from '../src/data/index.ts'
import { backend, type Data, evaluate, runToEnd, train } from '../src/index.ts'
import { command, main, number, orFail, parse, present, warn } from './support/cli.ts'
import { cifarRecipes, type FastRecipe, fastNet, fastSolver } from './support/fastRecipe.ts'
import { ablation, type Method, methods } from './support/leaveOut.ts'
import {
  addRun,
  answered,
  answerTo,
  checkpointsOf,
  type MeasuredRun,
  type Question,
  readRuns,
  runsTable,
} from './support/measuredRuns.ts'
import { downloadBar, progress } from './support/progress.ts'

/** Training images that are held out to choose settings by. */
const HELD_OUT = 5000

interface Flags {
  readonly preset: keyof typeof cifarRecipes
  readonly seeds: readonly number[]
  readonly leaveOut: readonly Method[]
  readonly on: Question['on']
  readonly journal: string
  readonly hidden?: readonly number[]
  readonly epochs?: number
  readonly dryRun?: true
  readonly dataDir?: string
}

const numbers = (text: string): number[] => text.split(',').map(number)

const methodsIn = (text: string): readonly Method[] => {
  if (text === 'all') return methods
  const names = text.split(',')
  const unknown = names.find((name) => !methods.some((method) => method === name))
  if (unknown === undefined) return names as Method[]
  throw new InvalidArgumentError(`'${unknown}' is no method; give all, or some of ${methods.join(', ')}`)
}

const program = command('measure-cifar10', 'Runs of a preset over seeds, and without each method: a Markdown table.')
  .addOption(new Option('--preset <name>', 'whose recipe').choices(Object.keys(cifarRecipes)).default('conv'))
  .option('--seeds <numbers>', 'one run each', numbers, [1, 2, 3])
  .option('--leave-out <methods>', `all, or some of ${methods.join(', ')}; none unless given`, methodsIn, [])
  .addOption(
    new Option('--on <images>', `validation: ${HELD_OUT} training images; test: trains on all of them`)
      .choices(['validation', 'test'])
      .default('validation'),
  )
  .option('--journal <file>', 'a line of JSON for each run', 'measured-cifar10.jsonl')
  .option('--hidden <sizes>', "filters of the blocks in place of the preset's, e.g. 16,32,64", numbers)
  .option('--epochs <n>', "in place of the preset's", number)
  .option('--dry-run', 'the table of what is there, and what is missing')
  .option('--data-dir <path>', 'folder or archive of the data set; the cache, then the mirrors unless given')

/** Images to train on, and those on which it is told how good the net is. */
interface Images {
  readonly train: Data
  readonly on: { readonly x: Data['xTrain']; readonly y: Int32Array }
}

const load = async ({ on, dataDir }: Flags): Promise<Images> => {
  const numValidation = on === 'validation' ? HELD_OUT : 0
  const split = { numTraining: 50_000 - numValidation, numValidation, numTest: on === 'test' ? null : 0 }
  const options = {
    ...split,
    preprocess: 'standardize',
    onProgress: downloadBar(),
    ...present({ dir: dataDir }),
  } as const
  const { train, val, test } = orFail(await loadCifar10(options)())
  const validation = on === 'validation' ? { xVal: val.x, yVal: val.y } : {}
  return { train: { xTrain: train.x, yTrain: train.y, ...validation }, on: on === 'validation' ? val : test }
}

/** Trains as asked, from its newest checkpoint if it was begun before; test images are looked at once, when the run is over. */
const measure = async (question: Question<FastRecipe>, images: Images, folder: string): Promise<MeasuredRun> => {
  const { recipe, seed } = question
  const model = fastNet(recipe, 3, 32)
  const options = { ...fastSolver(recipe), seed }
  const run = { model, data: images.train, options }
  const checkpoints = orFail(await openCheckpoints(folder, run, { resume: true, onWarning: warn })())
  const begun = checkpoints.from?.lossHistory.length ?? 0
  if (begun > 0) console.log(`going on after step ${begun}`)
  const started = performance.now()
  const events = orFail(train(model, images.train, options, checkpoints.from))
  const { lastWeights, status, steps, valAccHistory } = await runToEnd(events, [progress(), checkpoints])
  const took = (performance.now() - started) / 1000
  const { accuracy = Number.NaN, viewsAccuracy } = evaluate(
    model,
    lastWeights,
    images.on,
    present({ views: recipe.views }),
  )
  return {
    ...question,
    accuracy,
    ...present({ viewsAccuracy }),
    ...(steps > begun && { seconds: Number(((took * steps) / (steps - begun)).toFixed(1)) }),
    ...{ status, steps, epochs: valAccHistory },
    machine: `${cpus()[0]?.model.trim()}, ${cpus().length} cores`,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
  }
}

main(async () => {
  const flags = parse<Flags>(program)
  const { preset, seeds, leaveOut, on, journal, hidden, epochs, dryRun } = flags
  const recipe: FastRecipe = { ...cifarRecipes[preset], ...present({ widths: hidden, numEpochs: epochs }) }
  const rows = ablation(`${preset}, whole`, recipe, leaveOut, seeds, { on, backend: backend().name })
  // All methods with one seed before the next seed: a part of the runs is a table too.
  const questions = seeds.flatMap((_, at) =>
    rows.map(({ name, questions }) => ({ name, question: questions[at] as Question<FastRecipe> })),
  )
  const missing = questions.filter(({ question }) => answerTo(readRuns(journal), question) === undefined)
  console.log(
    `backend: ${backend().description}; ${questions.length - missing.length} of ${questions.length} runs are in ${journal}`,
  )
  if (missing.length > 0 && !dryRun) {
    const images = await load(flags)
    for (const { name, question } of missing) {
      console.log(`seed ${question.seed}, ${name}`)
      const folder = checkpointsOf(journal, question)
      addRun(journal, await measure(question, images, folder))
      rmSync(folder, { recursive: true })
    }
  }
  const runs = readRuns(journal)
  if (runs.length > 0) console.log(runsTable(answered(rows, runs), on))
})
