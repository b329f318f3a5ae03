import { parseBatch, RECORD } from '../../../src/data/cifar10/cifarBatch.ts'
import type { Draw } from '../draw.ts'
import { plain, type Target } from '../target.ts'

const record = (label: number): Uint8Array => Uint8Array.from({ length: RECORD }, (_, i) => (i === 0 ? label : i % 256))

/** Whole records, perhaps too many or one with a wrong label. */
const labels = (draw: Draw): Uint8Array =>
  Buffer.concat(Array.from({ length: draw.below(4) }, () => record(draw.below(256))))

export const cifarTarget: Target = {
  name: 'cifar',
  seeds: [record(9)],
  read: (bytes) => parseBatch('f', bytes, 1),
  hostile: { labels },
  justified: plain,
}
