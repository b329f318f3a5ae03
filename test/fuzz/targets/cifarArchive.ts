import { gzipSync } from 'node:zlib'
import { archiveBatches } from '../../../src/data/cifar10/cifarArchive.ts'
import { cifar10Source } from '../../../src/data/cifar10/cifarFiles.ts'
import { gzipBomb } from '../gzipBomb.ts'
import { tarEntry } from '../tarEntry.ts'
import { packed, type Target } from '../target.ts'
import { hostileTar } from './tar.ts'

const versions = [cifar10Source, cifar10Source.python].map(({ batches }) => batches.map(({ name }) => name))

// Records have no part in it.
const tar = Buffer.concat([
  ...cifar10Source.batches.map(({ name }) => tarEntry({ name: `cifar-10-batches-bin/${name}` }, name)),
  new Uint8Array(1024),
])

export const cifarArchiveTarget: Target = {
  name: 'cifar-archive',
  seeds: [gzipSync(tar)],
  read: (bytes) => archiveBatches(versions, 'get it again', { path: 'f', bytes })(),
  hostile: {
    ...Object.fromEntries(Object.entries(hostileTar).map(([name, make]) => [name, (draw) => gzipSync(make(draw))])),
    bomb: gzipBomb(tar),
  },
  justified: packed,
}
