import { type Command, Option } from 'commander'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type DataError, loadMnist, type Mnist, strokes } from '../../src/data/index.ts'
import { downloadBar } from './progress.ts'

export interface DatasetOptions {
  readonly data?: 'mnist' | 'fashion' | 'strokes'
  readonly dataDir?: string
}

export const datasetOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--data <name>', 'data set; strokes needs no files')
        .choices(['mnist', 'fashion', 'strokes'])
        .default('mnist'),
    )
    .option('--data-dir <folder>', 'folder that holds the four MNIST files; the cache, then the mirrors unless given')

/** The data set that the command line asks for, as images (N, 1, 28, 28), with a bar while it is downloaded. */
export const loadDataset = ({
  data = 'mnist',
  dataDir,
}: DatasetOptions): TE.TaskEither<DataError, Mnist<Int32Array>> =>
  data === 'strokes'
    ? TE.fromEither(strokes({ flatten: false }))
    : loadMnist({
        dataset: data,
        flatten: false,
        onProgress: downloadBar(),
        ...(dataDir === undefined ? {} : { dir: dataDir }),
      })
