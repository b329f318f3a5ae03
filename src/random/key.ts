import { ArgumentError, requirement, shown } from '../errors/index.ts'
import { philox4x32 } from '../kernels/index.ts'

// Bound once: where tests have a realm of their own (Jest), each look-up of a global costs microseconds.
const { floor } = Math

/** Randomness as a value: two 32-bit words. Equal keys give equal numbers, on every machine. */
export type Key = readonly [number, number]

// The third counter word says what a block is for, so that derived keys and drawn numbers never share one. Numbers use 0.
const SEED = 1
const NUMBER_TAG = 2
const TEXT_TAG = 3

const words = new Uint32Array(4)

const derive = (key: Key, low: number, high: number, purpose: number): Key => {
  philox4x32(low >>> 0, high >>> 0, purpose, 0, key[0], key[1], words)
  return [words[0] as number, words[1] as number]
}

/**
 * The first key of a program.
 *
 * @param seed  an integer from 0 to 2⁵³ − 1
 * @throws      ArgumentError for anything else
 * @example     key(231)
 */
export const key = (seed: number): Key => {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ArgumentError(`key: seed is an integer from 0 to 2^53 − 1, but got ${shown(seed)}`)
  }
  return derive([0, 0], seed, floor(seed / 2 ** 32), SEED)
}

/**
 * Another key, a pure function of (key, tag): so a draw depends on its own name only, not on how many draws came before.
 *
 * @param tag  a name, or an integer ≥ 0
 * @throws     ArgumentError for another number
 * @example    foldIn(foldIn(key(0), 'epoch'), 3)
 */
export const foldIn = (key: Key, tag: string | number): Key => {
  checkKey('foldIn', key)
  if (typeof tag === 'number') {
    if (!Number.isSafeInteger(tag) || tag < 0) {
      throw new ArgumentError(`foldIn: a number as tag is an integer ≥ 0, but got ${tag}`)
    }
    return derive(key, tag, floor(tag / 2 ** 32), NUMBER_TAG)
  }
  if (typeof tag !== 'string') {
    throw new ArgumentError(`foldIn: tag is a name or an integer ≥ 0, but got ${shown(tag)}`)
  }
  // Two UTF-16 units a block, the length first, so that no text is the beginning of another.
  let folded = derive(key, tag.length, 0, TEXT_TAG)
  for (let i = 0; i < tag.length; i += 2)
    folded = derive(folded, tag.charCodeAt(i), tag.charCodeAt(i + 1) || 0, TEXT_TAG)
  return folded
}

const isWord = (value: unknown): boolean => typeof value === 'number' && value >>> 0 === value

const isKey = (key: unknown): boolean => Array.isArray(key) && isWord(key[0]) && isWord(key[1])

/** A key among options. */
export const aKey = requirement<Key>('a key, e.g. key(0)', isKey)

/** Throws an ArgumentError for what is no key. */
export const checkKey = (where: string, key: Key): void => {
  if (isKey(key)) return
  throw new ArgumentError(`${where}: key must come from key(seed) or foldIn(key, tag), but got ${shown(key)}`)
}
