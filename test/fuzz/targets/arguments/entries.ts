import * as checkpoint from '../../../../src/checkpoint/index.ts'
import * as data from '../../../../src/data/index.ts'
import * as formats from '../../../../src/formats/index.ts'
import * as library from '../../../../src/index.ts'
import * as queue from '../../../../src/queue/index.ts'
import * as relaxed from '../../../../src/relaxed/index.ts'
import * as report from '../../../../src/report/index.ts'
import * as sweep from '../../../../src/sweep/index.ts'
import { ofCheckpoint, ofData, ofFormats, ofRelaxed } from './files.ts'
import { layers } from './layers.ts'
import { primitives } from './primitives.ts'
import { ofReport } from './reports.ts'
import type { Row } from './row.ts'
import { ofQueue, ofSweep } from './sweeps.ts'
import { tensors } from './tensors.ts'
import { training } from './training.ts'

/** What the package exports, and the calls of its functions. */
export const entries: Readonly<Record<string, readonly [entry: object, rows: readonly Row[]]>> = {
  cachegrad: [library, [...tensors, ...primitives, ...layers, ...training]],
  'cachegrad/data': [data, ofData],
  'cachegrad/formats': [formats, ofFormats],
  'cachegrad/checkpoint': [checkpoint, ofCheckpoint],
  'cachegrad/sweep': [sweep, ofSweep],
  'cachegrad/queue': [queue, ofQueue],
  'cachegrad/report': [report, ofReport],
  'cachegrad/relaxed': [relaxed, ofRelaxed],
}
