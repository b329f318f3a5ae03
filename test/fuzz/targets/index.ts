import type { Target } from '../target.ts'
import { argumentsTarget } from './arguments/arguments.ts'
import { checkpointTarget } from './checkpoint.ts'
import { cifarTarget } from './cifar.ts'
import { cifarArchiveTarget } from './cifarArchive.ts'
import { cifarPickleTarget } from './cifarPickle.ts'
import { csvTarget } from './csv.ts'
import { gzipTarget } from './gzip.ts'
import { idxTarget } from './idx.ts'
import { journalTarget } from './journal.ts'
import { journalLinesTarget } from './journalLines.ts'
import { jpegTarget } from './jpeg.ts'
import { netTarget } from './net.ts'
import { npyTarget } from './npy.ts'
import { npzTarget } from './npz.ts'
import { pngTarget } from './png.ts'
import { safetensorsTarget } from './safetensors.ts'
import { tarTarget } from './tar.ts'

/** Every reader of files, and calls of public functions. */
export const targets: readonly Target[] = [
  idxTarget,
  csvTarget,
  gzipTarget,
  cifarTarget,
  tarTarget,
  cifarArchiveTarget,
  cifarPickleTarget,
  safetensorsTarget,
  npyTarget,
  npzTarget,
  netTarget,
  checkpointTarget,
  journalTarget,
  journalLinesTarget,
  pngTarget,
  jpegTarget,
  argumentsTarget,
]
