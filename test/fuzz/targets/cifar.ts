import { parseBatch } from '../../../src/data/cifar10/cifarBatch.ts'
import { CIFAR10_COLUMNS } from '../../../src/data/cifar10/cifarFiles.ts'
import type { Draw } from '../draw.ts'
import { plain, type Target } from '../target.ts'

const RECORD = 3073

const record = (label: number): Uint8Array => Uint8Array.from({ length: RECORD }, (_, i) => (i === 0 ? label : i % 256))

/** Whole records, perhaps too many or one with a wrong label. */
const labels = (draw: Draw): Uint8Array =>
  Buffer.concat(Array.from({ length: draw.below(4) }, () => record(draw.below(256))))

export const cifarTarget: Target = {
  name: 'cifar',
  seeds: [record(9)],
  read: (bytes) => parseBatch('f', bytes, { count: 1, columns: CIFAR10_COLUMNS }),
  hostile: { labels },
  justified: plain,
}
