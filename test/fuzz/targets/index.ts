import type { Target } from '../target.ts'
import { cifarTarget } from './cifar.ts'
import { cifarArchiveTarget } from './cifarArchive.ts'
import { gzipTarget } from './gzip.ts'
import { idxTarget } from './idx.ts'
import { tarTarget } from './tar.ts'

/** Every reader of files. */
export const targets: readonly Target[] = [idxTarget, gzipTarget, cifarTarget, tarTarget, cifarArchiveTarget]
