import * as E from 'fp-ts/lib/Either.js'
import { isListOf, nearest, OptionError, shown } from '../errors/index.ts'

/** Labels as class indices, and what the classes are called. */
export interface EncodedLabels {
  /** Indices into `classNames`. */
  readonly y: Int32Array
  /** What the classes are called. */
  readonly classNames: readonly string[]
}

/** @inline */
type Name = string | number | boolean

const isName = (value: unknown): value is Name =>
  (typeof value === 'string' && value.trim() !== '') || Number.isFinite(value) || typeof value === 'boolean'

/** In the order of the numbers, or of the letters' codes: the same wherever the program runs. */
const namesOf = (labels: readonly Name[]): string[] => {
  const distinct = [...new Set(labels)]
  const isNumeric = distinct.every((label) => typeof label === 'number')
  const ordered = isNumeric ? distinct.sort((a, b) => Number(a) - Number(b)) : distinct.map(String).sort()
  return [...new Set(ordered.map(String))]
}

const MOST_SHOWN = 5

const listed = (names: readonly string[]): string =>
  `${names.slice(0, MOST_SHOWN).map(shown).join(', ')}${names.length > MOST_SHOWN ? ', …' : ''}`

/** What makes a label of what people have in its place. */
const remedyFor = (label: unknown): string =>
  label === undefined || label === null || typeof label === 'string' || typeof label === 'number'
    ? 'leave rows without a label out'
    : 'a label is a text, a number or true or false'

/**
 * Labels in words as class indices: yᵢ is the place of labelᵢ among the class names, which are sorted
 *
 * @param labels      texts, numbers or booleans, one an example
 * @param classNames  of labels that were encoded before, so that those of a test set mean the same; those that occur, sorted, unless given
 * @returns           { y, classNames }; left(OptionError) for a row without a label, or with one that is none of the classes
 * @example           encodeLabels(['dog', 'cat', 'dog'])   // right({ y: Int32Array [1, 0, 1], classNames: ['cat', 'dog'] })
 * @see               scikit-learn's LabelEncoder
 */
export const encodeLabels = (
  labels: readonly Name[],
  classNames?: readonly string[],
): E.Either<OptionError, EncodedLabels> => {
  const refuse = (why: string) => E.left(new OptionError(`encodeLabels: ${why}`))
  if (!Array.isArray(labels)) {
    return refuse(`labels must be a list, but got ${shown(labels)}; Array.from(labels) makes one`)
  }
  if (classNames !== undefined && !isListOf(classNames, (name) => typeof name === 'string')) {
    return refuse(`classNames must be a list of texts, but got ${shown(classNames)}; take those of the training labels`)
  }
  const odd = labels.findIndex((label) => !isName(label))
  if (odd >= 0) return refuse(`row ${odd} has ${shown(labels[odd])}; ${remedyFor(labels[odd])}`)
  const names = classNames ?? namesOf(labels)
  const places = new Map(names.map((name, place) => [name, place]))
  if (places.size < names.length)
    return refuse(`classNames has a name twice: ${listed(names)}; each class has one name`)
  const unknown = labels.findIndex((label) => !places.has(String(label)))
  if (unknown >= 0) {
    const near = nearest(String(labels[unknown]), names)
    const hint = near === undefined ? 'take the class names of all the data' : `did you mean '${near}'?`
    return refuse(
      `row ${unknown} has ${shown(labels[unknown])}, which is none of the classes ${listed(names)}; ${hint}`,
    )
  }
  return E.right({ y: Int32Array.from(labels, (label) => places.get(String(label)) as number), classNames: names })
}
