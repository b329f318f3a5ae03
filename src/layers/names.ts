import { ArgumentError, canonical, ShapeError } from '../errors/index.ts'
import { formatShape, type Shape, type Tensor } from '../tensor/index.ts'
import { placedLayer } from './at.ts'
import { descriptionOf, isOf } from './defineLayer.ts'
import type { Net } from './layer.ts'
import { namesOfParts } from './parts.ts'
import { sharedLayer } from './shared.ts'

// Two layers have a weight in common only where that is said with `shared`; by accident it is an error.

const isSame = (a: unknown, b: unknown): boolean => a === b || canonical(a as never) === canonical(b as never)

/** Whether two layers are applications of one: both shared under one name, in the same places, and alike. */
const areShared = (a: Net, b: Net): boolean => {
  const [of, with_] = [descriptionOf(a), descriptionOf(b)]
  if (of === undefined || with_ === undefined || of.type !== with_.type || !isSame(of.options, with_.options))
    return false
  const [inA, inB] = [of.parts[0] as Net, with_.parts[0] as Net]
  if (isOf(a, placedLayer)) return areShared(inA, inB)
  return isOf(a, sharedLayer) && (inA === inB || (inA.spec !== undefined && isSame(inA.spec, inB.spec ?? null)))
}

/** Calls `again` for each name that has an owner already. */
const eachName = (
  names: readonly (readonly string[])[],
  again: (name: string, owner: number, other: number) => void,
): void => {
  const owners = new Map<string, number>()
  names.forEach((own, i) => {
    for (const name of own) {
      const owner = owners.get(name)
      if (owner === undefined) owners.set(name, i)
      else again(name, owner, i)
    }
  })
}

const checkOwners = (where: string, layers: readonly Net[], names: readonly (readonly string[])[]): void =>
  eachName(names, (name, i, j) => {
    if (areShared(layers[i] as Net, layers[j] as Net)) return
    const [first, second] = [i, j].map((at) => namesOfParts(layers)[at])
    throw new ArgumentError(
      `${where}: ${first} and ${second} both have the name ${name}, which would be one weight by accident; network([…]) numbers layers ` +
        "by itself, at(1)(…) and at(2)(…) give numbers of your choice, and shared('mixer', …) ties them on purpose",
    )
  })

/** Throws an ArgumentError where two layers of a net have a name in common without being shared. */
export const checkNames = (where: string, layers: readonly Net[]): void =>
  checkOwners(
    where,
    layers,
    layers.map(({ names }) => names ?? []),
  )

/** What a layer makes: tensors or their shapes. */
export interface Made {
  readonly params: Readonly<Record<string, Tensor | Shape>>
  readonly state: Readonly<Record<string, Tensor | Shape>>
}

const namesMade = (made: readonly Made[]): readonly (readonly string[])[] =>
  made.map(({ params, state }) => [...Object.keys(params), ...Object.keys(state)])

/** `checkNames` for what layers did make, which finds those that do not say their names. */
export const checkMade = (layers: readonly Net[], made: readonly Made[]): void => {
  checkOwners('network', layers, namesMade(made))
  checkSharedShapes(made)
}

const shapeIn = ({ params, state }: Made, name: string): string => {
  const own = params[name] ?? state[name] ?? []
  return formatShape('shape' in own ? own.shape : own)
}

/** Throws a ShapeError where what is shared would have two shapes. */
export const checkSharedShapes = (made: readonly Made[]): void =>
  eachName(namesMade(made), (name, i, j) => {
    const [first, second] = [shapeIn(made[i] as Made, name), shapeIn(made[j] as Made, name)]
    if (first === second) return
    throw new ShapeError(
      `shared: ${name} would have shape ${first} in one place and ${second} in another; share only between places that get inputs of one shape`,
    )
  })

/** The names of several layers, each once, if all say theirs; and whether some are shared. */
export const namesOfAll = (
  layers: readonly Net[],
): { readonly names: readonly string[] | undefined; readonly isTied: boolean } => {
  const all = layers.flatMap(({ names }) => names ?? [])
  const once = [...new Set(all)]
  const isKnown = layers.every(({ names }) => names !== undefined)
  return { names: isKnown ? once : undefined, isTied: once.length < all.length }
}
