import { foldIn, type Key, randomIndices } from '../../src/random/index.ts'

/** Random choices, one after the other: the same ones for the same key. */
export interface Draw {
  /** An integer from 0 to n − 1. */
  readonly below: (n: number) => number
  readonly oneOf: <A>(list: readonly A[]) => A
  readonly bytes: (length: number) => Uint8Array
}

/** The choices of a key. */
export const drawing = (key: Key): Draw => {
  let drawn = 0
  const below = (n: number): number => randomIndices(foldIn(key, drawn++), 1, n)[0] as number
  return {
    below,
    oneOf: <A>(list: readonly A[]): A => list[below(list.length)] as A,
    bytes: (length) => Uint8Array.from(randomIndices(foldIn(key, drawn++), length, 256)),
  }
}
