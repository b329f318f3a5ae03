import * as E from 'fp-ts/lib/Either.js'
import { nearest } from '../errors/index.ts'
import { quoted } from '../files/index.ts'
import { formatShape, full, type Shape, type Tensor, type Tensors } from '../tensor/index.ts'
import { transpose } from './transpose.ts'
import type { WeightShapes } from './weights.ts'

// Bound once: Jest's realm makes each look-up of a global slow.
const { max } = Math

// PyTorch names tensors by the attribute that holds their module (`fc1.weight`), cachegrad by their place (`W1`). What belongs together
// is found by kind and shape, and what is alike by its order.

/** The last part of a name in PyTorch, by the letters of one here. */
const roles = {
  W: 'weight',
  b: 'bias',
  gamma: 'weight',
  beta: 'bias',
  runningMean: 'running_mean',
  runningVar: 'running_var',
} as const

type Own = keyof typeof roles

/** Tensors that are one layer's, here or there, by PyTorch's names for them. */
interface Slot {
  /** Names of the net, by role. */
  readonly names: Readonly<Record<string, string>>
  /** Shapes as PyTorch has them, by role. */
  readonly shapes: Readonly<Record<string, Shape>>
  /** Whether PyTorch has the weight transposed. */
  readonly isAffine: boolean
}

interface Module {
  readonly name: string
  readonly tensors: Readonly<Record<string, Tensor>>
}

/** What a net's weights became: which tensor of the file is which weight. */
export interface Mapped {
  readonly tensors: Tensors
  readonly mapping: readonly string[]
}

const IGNORED = 'num_batches_tracked'
const NAME = /^(W|b|gamma|beta|runningMean|runningVar)([\d_].*)?$/

/** The net's layers with weights, in their order. */
const slotsOf = ({ params, state }: WeightShapes): E.Either<string, readonly Slot[]> => {
  const slots = new Map<string, { names: Record<string, string>; shapes: Record<string, Shape>; isAffine: boolean }>()
  for (const [name, shape] of [...Object.entries(params), ...Object.entries(state)]) {
    const [, own, place = ''] = NAME.exec(name) ?? []
    if (own === undefined)
      return E.left(`the net's ${name} has no counterpart that is known in PyTorch; give tensors by the net's names`)
    const kind = own === 'W' || own === 'b' ? 'product' : 'norm'
    const slot = slots.get(`${kind} ${place}`) ?? { names: {}, shapes: {}, isAffine: false }
    const role = roles[own as Own]
    const isAffine = own === 'W' && shape.length === 2
    slot.names[role] = name
    slot.shapes[role] = isAffine ? [...shape].reverse() : shape
    slots.set(`${kind} ${place}`, { ...slot, isAffine: slot.isAffine || isAffine })
  }
  return E.right([...slots.values()])
}

const title = (name: string, role: string): string => (name === '' ? role : `${name}.${role}`)

const modulesOf = (tensors: Tensors): E.Either<string, readonly Module[]> => {
  const known = new Set<string>(Object.values(roles))
  const modules = new Map<string, Record<string, Tensor>>()
  for (const [name, t] of Object.entries(tensors)) {
    const at = name.lastIndexOf('.')
    const [module, role] = [name.slice(0, max(0, at)), name.slice(at + 1)]
    if (role === IGNORED) continue
    if (!known.has(role)) {
      return E.left(
        `${quoted(name)} is of a module that has no counterpart; of PyTorch's, Linear, Conv2d, BatchNorm, LayerNorm and GroupNorm are read`,
      )
    }
    modules.set(module, { ...modules.get(module), [role]: t })
  }
  return E.right([...modules].map(([name, own]) => ({ name, tensors: own })))
}

const same = (a: Shape | undefined, b: Shape | undefined): boolean =>
  a !== undefined && b !== undefined && formatShape(a) === formatShape(b)

/** What PyTorch leaves out with `bias=False` or `affine=False`, and what it computes with instead. */
const absent = (slot: Slot, role: string): number | undefined => {
  if (role === 'bias') return 0
  return role === 'weight' && 'running_mean' in slot.shapes ? 1 : undefined
}

const fits = (slot: Slot, { tensors }: Module): boolean =>
  Object.keys(tensors).every((role) => same(slot.shapes[role], tensors[role]?.shape)) &&
  Object.keys(slot.shapes).every((role) => role in tensors || absent(slot, role) !== undefined)

/** Free modules of a slot's kind; those that leave something out only where there are too few others. */
const fittingOf = (slot: Slot, needed: number, free: readonly Module[]): readonly Module[] => {
  const all = free.filter((module) => fits(slot, module))
  const whole = all.filter(({ tensors }) => Object.keys(slot.shapes).every((role) => role in tensors))
  return whole.length >= needed ? whole : all
}

const signature = ({ shapes, isAffine }: Slot): string =>
  `${isAffine} ${Object.entries(shapes)
    .map(([role, shape]) => `${role} ${formatShape(shape)}`)
    .sort()}`

const described = (shapes: Readonly<Record<string, Shape>>): string =>
  Object.entries(shapes)
    .map(([role, shape]) => `${role} ${formatShape(shape)}`)
    .join(', ')

const shapesIn = ({ tensors }: Module): Readonly<Record<string, Shape>> =>
  Object.fromEntries(Object.entries(tensors).map(([role, { shape }]) => [role, shape]))

const named = (names: readonly string[]): string =>
  names
    .slice(0, 6)
    .map((name) => quoted(name))
    .join(', ')

const naturally = new Intl.Collator('en', { numeric: true }).compare

/** Modules that are alike, in the order of the net's layers; left(why) where their names do not tell it. */
const ordered = (
  alike: readonly Module[],
  order: readonly string[] | undefined,
): E.Either<string, readonly Module[]> => {
  if (alike.length === 1) return E.right(alike)
  const names = alike.map(({ name }) => name)
  if (order !== undefined && names.every((name) => order.includes(name))) {
    return E.right([...alike].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name)))
  }
  // Names that differ by their numbers only are in the order of these.
  const skeletons = new Set(names.map((name) => name.replace(/\d+/g, '#')))
  if (skeletons.size === 1) return E.right([...alike].sort((a, b) => naturally(a.name, b.name)))
  return E.left(
    `${named(names)} have the same shapes, and their names do not tell their order; give it, e.g. order: [${names.map((name) => `'${name}'`).join(', ')}]`,
  )
}

/** The tensors of a slot by the net's names, and what was done, in words. */
const taken = (slot: Slot, { name, tensors }: Module): readonly (readonly [string, Tensor, string])[] =>
  Object.entries(slot.names).map(([role, own]) => {
    const t = tensors[role]
    if (t === undefined) {
      const value = absent(slot, role) as number
      const dtype = tensors.weight?.data instanceof Float64Array ? 'float64' : 'float32'
      return [
        own,
        full(slot.shapes[role] as Shape, value, dtype),
        `${title(name, role)} is not there: ${own} is ${value}`,
      ]
    }
    const isTurned = slot.isAffine && role === 'weight'
    const words = `${title(name, role)} ${formatShape(t.shape)} → ${own}${isTurned ? ', transposed' : ''}`
    return [own, isTurned ? transpose(t) : t, words]
  })

/** The first module of the order that there is none of. */
const unknownIn = (order: readonly string[], modules: readonly Module[]): string | undefined => {
  const names = modules.map(({ name }) => name)
  const unknown = order.find((name) => !names.includes(name))
  if (unknown === undefined) return undefined
  const near = nearest(unknown, names)
  return `order names ${quoted(unknown)}, but ${near === undefined ? `there are ${named(names)}` : `did you mean ${quoted(near)}?`}`
}

/**
 * The tensors of a PyTorch state dict by the names that they have in a net
 *
 * @param order  modules in the order of the net's layers, where their names do not tell it
 * @returns      left(what is wrong) for a layer without a module, a module without a layer, or modules whose order is not known
 */
export const fromPytorch = (
  shapes: WeightShapes,
  tensors: Tensors,
  order: readonly string[] | undefined,
): E.Either<string, Mapped> => {
  const [slots, modules] = [slotsOf(shapes), modulesOf(tensors)]
  if (E.isLeft(slots)) return slots
  if (E.isLeft(modules)) return modules
  const unknown = order === undefined ? undefined : unknownIn(order, modules.right)
  if (unknown !== undefined) return E.left(unknown)
  const made = new Map<string, readonly [Tensor, string]>()
  const used = new Set<Module>()
  for (const kind of new Set(slots.right.map(signature))) {
    const alike = slots.right.filter((slot) => signature(slot) === kind)
    const fitting = fittingOf(
      alike[0] as Slot,
      alike.length,
      modules.right.filter((module) => !used.has(module)),
    )
    if (fitting.length < alike.length)
      return E.left(missing(alike[fitting.length] as Slot, modules.right, used, fitting))
    const inOrder = ordered(fitting, order)
    if (E.isLeft(inOrder)) return inOrder
    alike.forEach((slot, i) => {
      const module = inOrder.right[i] as Module
      used.add(module)
      for (const [own, t, words] of taken(slot, module)) made.set(own, [t, words])
    })
  }
  const spare = modules.right.find((module) => !used.has(module))
  if (spare !== undefined) {
    return E.left(
      `the net has no layer for ${quoted(spare.name)} (${described(shapesIn(spare))}); build the net that PyTorch has, or leave these tensors out`,
    )
  }
  const left = Object.keys(tensors).filter((name) => name.endsWith(IGNORED))
  const inOrder = slots.right.flatMap(({ names }) => Object.values(names))
  return E.right({
    tensors: Object.fromEntries([...made].map(([own, [t]]) => [own, t])),
    mapping: [...inOrder.map((own) => made.get(own)?.[1] ?? ''), ...left.map((name) => `${name}: left out`)],
  })
}

const missing = (
  slot: Slot,
  modules: readonly Module[],
  used: ReadonlySet<Module>,
  fitting: readonly Module[],
): string => {
  const free = modules.filter((module) => !used.has(module) && !fitting.includes(module))
  const there = free.slice(0, 4).map((module) => `${quoted(module.name)} (${described(shapesIn(module))})`)
  return (
    `no module is left for ${Object.values(slot.names).join(' and ')}, which would have ${described(slot.shapes)} in PyTorch; ` +
    (there.length === 0 ? 'every other one has its layer' : `free are ${there.join('; ')}`)
  )
}
