import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { DataError } from '../errors.ts'
import type { Source } from '../files/cachedFiles.ts'
import { type KnownFile, sha256 } from '../files/download.ts'
import { BATCH, CLASS_NAMES, PIXELS } from './cifarFiles.ts'

/** Bytes of a label and its image. */
export const RECORD = 1 + PIXELS

/** Checked records, one behind the other: a label 0 … 9, then the red, green and blue plane of its image. */
export interface Batch {
  readonly count: number
  readonly records: Uint8Array
}

const sizeFault = (length: number, count: number): string | undefined => {
  const expected = count * RECORD
  if (length === expected) return undefined
  const difference =
    length < expected
      ? `${expected - length} are missing; the file is truncated; get it again`
      : `${length - expected} too many; is it the right file?`
  return `a batch of ${count} images has ${expected} bytes (${count} × ${RECORD}), but this has ${length}: ${difference}`
}

const labelFault = (bytes: Uint8Array, count: number): string | undefined => {
  for (let i = 0; i < count; i++) {
    const label = bytes[i * RECORD] as number
    if (label < CLASS_NAMES.length) continue
    return (
      `labels are 0 … ${CLASS_NAMES.length - 1}, but record ${i} (at byte ${i * RECORD}) has ${label}; ` +
      'the file is damaged or another one; get it again'
    )
  }
  return undefined
}

/**
 * The records of one file of CIFAR-10's binary version.
 *
 * @param file   its name, for messages
 * @param bytes  the whole file; the result shares their memory
 * @param count  images that it must hold
 * @returns      left(DataError) for missing or extra bytes, or a label above 9
 */
export const parseBatch = (file: string, bytes: Uint8Array, count = BATCH): E.Either<DataError, Batch> => {
  const fault = sizeFault(bytes.length, count) ?? labelFault(bytes, count)
  return fault === undefined ? E.right({ count, records: bytes }) : E.left(new DataError(`${file}: ${fault}`))
}

/** `parseBatch` of a file that comes from the user: it must be the genuine one. */
export const genuineBatch = ({ path, bytes }: Source, known: KnownFile): E.Either<DataError, Batch> =>
  pipe(
    parseBatch(path, bytes),
    E.chain((batch) => {
      const sum = sha256(bytes)
      if (sum === known.sha256) return E.right(batch)
      const expected = `but that of CIFAR-10's ${known.name} is ${known.sha256.slice(0, 8)}…`
      const remedy = 'the file is damaged or another one; get it again'
      return E.left(new DataError(`${path}: its sha256 is ${sum.slice(0, 8)}…, ${expected}: ${remedy}`))
    }),
  )
