import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { createHash } from '../../system/index.ts'
import { DataError } from '../errors.ts'
import type { Source } from '../files/cachedFiles.ts'
import { sha256 } from '../files/download.ts'
import { type BatchForm, type CifarSource, PIXELS } from './cifarFiles.ts'
import { decodeCifarPickle } from './cifarPickle.ts'

/** Checked records, one behind the other: the labels, then the red, green and blue plane of an image. */
export interface Batch extends BatchForm {
  readonly records: Uint8Array
}

/** Bytes of an image and its labels. */
export const recordSize = ({ columns }: Pick<BatchForm, 'columns'>): number => columns.length + PIXELS

const sizeFault = (length: number, form: BatchForm): string | undefined => {
  const size = recordSize(form)
  const expected = form.count * size
  if (length === expected) return undefined
  const difference =
    length < expected
      ? `${expected - length} are missing; the file is truncated; get it again`
      : `${length - expected} too many; is it the right file?`
  return `a batch of ${form.count} images has ${expected} bytes (${form.count} × ${size}), but this has ${length}: ${difference}`
}

const labelFault = (bytes: Uint8Array, form: BatchForm): string | undefined => {
  const size = recordSize(form)
  for (let i = 0; i < form.count; i++) {
    for (const [column, { key, classes }] of form.columns.entries()) {
      const label = bytes[i * size + column] as number
      if (label < classes) continue
      const at = `record ${i} (at byte ${i * size + column})`
      const name = key.replace('_', ' ')
      return `${name} are 0 … ${classes - 1}, but ${at} has ${label}; the file is damaged or another one; get it again`
    }
  }
  return undefined
}

/**
 * The records of one file of the binary version.
 *
 * @param file   its name, for messages
 * @param bytes  the whole file; the result shares their memory
 * @param form   what it must hold
 * @returns      left(DataError) for missing or extra bytes, or a label that is no class
 */
export const parseBatch = (file: string, bytes: Uint8Array, form: BatchForm): E.Either<DataError, Batch> => {
  const fault = sizeFault(bytes.length, form) ?? labelFault(bytes, form)
  return fault === undefined ? E.right({ ...form, records: bytes }) : E.left(new DataError(`${file}: ${fault}`))
}

/** The records that a file of the Python version stands for. */
export const pickledBatch = (file: string, bytes: Uint8Array, form: BatchForm): E.Either<DataError, Batch> =>
  pipe(
    decodeCifarPickle(file, bytes),
    E.chain(({ count, pixels, labels }) => {
      const absent = form.columns.find(({ key }) => labels[key] === undefined)
      if (absent !== undefined || count !== form.count) {
        const expected = `${form.count} images with ${form.columns.map(({ key }) => key).join(' and ')}`
        const came = `${count} with ${Object.keys(labels).join(' and ')}`
        return E.left(new DataError(`${file}: it must hold ${expected}, but holds ${came}; is it the right file?`))
      }
      const size = recordSize(form)
      const records = new Uint8Array(count * size)
      for (let i = 0; i < count; i++) {
        for (const [column, { key }] of form.columns.entries()) records[i * size + column] = labels[key]?.[i] as number
        records.set(pixels.subarray(i * PIXELS, (i + 1) * PIXELS), i * size + form.columns.length)
      }
      return parseBatch(file, records, form)
    }),
  )

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')

/** File `i` of a set that comes from the user, of the binary or the Python version: it must be the genuine one. */
export const genuineBatch = (
  set: CifarSource,
  i: number,
  { path, bytes }: Source,
  isPython: boolean,
): E.Either<DataError, Batch> => {
  const form = { count: set.counts[i] as number, columns: set.columns }
  const [known, python] = [set.batches[i], set.python.batches[i]]
  return pipe(
    isPython ? pickledBatch(path, bytes, form) : parseBatch(path, bytes, form),
    E.chain((batch) => {
      const sum = sha256(batch.records)
      if (sum === known?.sha256 || (isPython && md5(bytes) === python?.md5)) return E.right(batch)
      const came = isPython ? `its md5 is ${md5(bytes).slice(0, 8)}…` : `its sha256 is ${sum.slice(0, 8)}…`
      const [name, genuine] = isPython ? [python?.name, python?.md5] : [known?.name, known?.sha256]
      const expected = `but that of ${set.title}'s ${name} is ${genuine?.slice(0, 8)}…`
      return E.left(new DataError(`${path}: ${came}, ${expected}: the file is damaged or another one; get it again`))
    }),
  )
}
