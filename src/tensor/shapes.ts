import { ShapeError, shown } from '../errors/index.ts'
import { checkTensor } from './checkTensor.ts'
import { dtypeOf, formatShape, type Tensor } from './tensor.ts'

type Trim<S extends string> = S extends ` ${infer R}` ? Trim<R> : S extends `${infer R} ` ? Trim<R> : S
type AxisName<S extends string> = S extends `...${infer R}` ? R : S
type Axes<S extends string> = S extends `${infer A} ${infer R}` ? AxisName<A> | Axes<R> : AxisName<S>
type Dimensions<S extends string> = S extends `${infer A},${infer R}`
  ? Dimensions<A> | Dimensions<R>
  : S extends `${string}:${infer R}`
    ? Axes<Trim<R>>
    : never

type Argument = { readonly name: string; readonly axes: readonly string[]; readonly rest: boolean }

const parse = (contract: string): readonly Argument[] =>
  contract.split(',').map((part) => {
    const [name = '', axes = ''] = part.split(':')
    const names = axes.trim().split(/\s+/).filter(Boolean)
    const rest = names.at(-1)?.startsWith('...') ?? false
    return { name: name.trim(), axes: names.map((axis) => axis.replace('...', '')), rest }
  })

const expected = ({ axes, rest }: Argument): string =>
  `(${axes.map((axis, i) => (rest && i === axes.length - 1 ? `...${axis}` : axis)).join(', ')}${axes.length === 1 ? ',' : ''})`

/** Size of axis i, where a `...D` at the end is the product of all that is left (1 when nothing is). */
const sizeAt = (shape: readonly number[], i: number, rest: boolean): number => {
  if (!rest) return shape[i] as number
  let size = 1
  for (let j = i; j < shape.length; j++) size *= shape[j] as number
  return size
}

/**
 * A shape contract in the notation of the docs. The check returns the sizes by name, or throws an error that tells which two
 * tensors disagree. All tensors must have the same precision, and as many numbers as their shapes say.
 *
 * @param where     the function's name, for the message
 * @param contract  e.g. `'x: N ...D, w: D M, b: M'`; `...D` is the product of all trailing axes
 * @returns         a check, to be called with the tensors in that order
 * @throws          (the check) ShapeError
 * @example         shapes('affineForward', 'x: N ...D, w: D M, b: M')(ones([2, 3]), ones([3, 4]), ones([4])).M   // 4
 */
export const shapes = <const C extends string>(
  where: string,
  contract: C,
): ((...tensors: readonly Tensor[]) => Readonly<Record<Dimensions<C>, number>>) => {
  const args = parse(contract)
  return (...tensors) => {
    const sizes: Record<string, number> = {}
    for (let a = 0; a < args.length; a++) {
      const arg = args[a] as Argument
      const t = tensors[a]
      if (t === undefined || t === null || !Array.isArray(t.shape)) {
        throw new ShapeError(`${where}: ${arg.name} must be a tensor of shape ${expected(arg)}, but got ${shown(t)}`)
      }
      checkTensor(where, arg.name, t)
      if (dtypeOf(t) !== dtypeOf(tensors[0] as Tensor)) {
        throw new ShapeError(
          `${where}: ${args[0]?.name} is ${dtypeOf(tensors[0] as Tensor)}, but ${arg.name} is ${dtypeOf(t)}; convert one with cast(${arg.name}, '${dtypeOf(tensors[0] as Tensor)}')`,
        )
      }
      if (arg.rest ? t.shape.length < arg.axes.length - 1 : t.shape.length !== arg.axes.length) {
        throw new ShapeError(`${where}: ${arg.name} must have shape ${expected(arg)}, but has ${formatShape(t.shape)}`)
      }
      for (let i = 0; i < arg.axes.length; i++) {
        const axis = arg.axes[i] as string
        const size = sizeAt(t.shape, i, arg.rest && i === arg.axes.length - 1)
        if (sizes[axis] === undefined) sizes[axis] = size
        else if (sizes[axis] !== size) throw disagreement(where, args, tensors, axis, sizes[axis], arg.name, size)
      }
    }
    return sizes as Record<Dimensions<C>, number>
  }
}

const disagreement = (
  where: string,
  args: readonly Argument[],
  tensors: readonly Tensor[],
  axis: string,
  first: number,
  name: string,
  second: number,
): ShapeError => {
  const origin = args.findIndex((arg) => arg.axes.includes(axis))
  const at = args.findIndex((arg) => arg.name === name)
  const shapeOf = (i: number): string => formatShape((tensors[i] as Tensor).shape)
  return new ShapeError(
    `${where}: ${axis} = ${first} because ${args[origin]?.name} has shape ${shapeOf(origin)}, ` +
      `but ${axis} = ${second} because ${name} has shape ${shapeOf(at)}`,
  )
}
