import { ArgumentError } from '../errors/index.ts'
import { type Anatomy, anatomyOf, type LayerSpec, type Net, outlineOf } from '../layers/index.ts'
import { formatShape, type Shape } from '../tensor/index.ts'

/** An attribute of an operator: a number is a float, a bigint an integer, and lists are lists of them. @inline */
export type Attribute = number | bigint | string | readonly number[] | readonly bigint[]

/** Attributes by name. */
export type Attributes = Readonly<Record<string, Attribute>>

/** An operator of a graph: what it takes, and the name of what it gives. */
export interface Node {
  readonly type: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly attributes: Attributes
}

/** A layer of a net that becomes nodes of a graph. */
export interface GraphPart {
  /** The layer's type and options. */
  readonly spec: LayerSpec
  /** Of one example. */
  readonly inShape: Shape
  /** Of what leaves the layer, for one example. */
  readonly outShape: Shape
  /** The graph's name of a weight or a running statistic. */
  readonly weight: (name: string) => string
  /** Adds an operator and gives the name of its result. */
  readonly node: (type: string, inputs: readonly string[], attributes?: Attributes) => string
}

/** How a layer of one type is computed: adds nodes for it, from the name of its input, and gives the name of its output. */
export type Operator = (x: string, part: GraphPart) => string

/** How layers are computed, by their type. */
export type Operators = Readonly<Record<string, Operator>>

/** Nodes in the order of computation, and what they are called. */
export interface Graph {
  readonly nodes: readonly Node[]
  readonly add: GraphPart['node']
}

type Leaf = Extract<Anatomy, { readonly kind: 'layer' }>

export const openGraph = (): Graph => {
  const nodes: Node[] = []
  const add: GraphPart['node'] = (type, inputs, attributes = {}) => {
    const output = `h${nodes.length + 1}`
    nodes.push({ type, inputs, output, attributes })
    return output
  }
  return { nodes, add }
}

/** Adds a net to a graph, layer by layer; gives the name of its output. */
export const addNet = ({ add }: Graph, operators: Operators, net: Net, x: string, inShape: Shape): string => {
  const leaf = (layer: Net, { spec, nameOf }: Leaf, from: string, shape: Shape): string => {
    const operator = spec && Object.hasOwn(operators, spec.type) ? operators[spec.type] : undefined
    if (spec === undefined || operator === undefined) throw unknownLayer(spec, shape)
    const { outShape } = outlineOf(layer, shape)
    return operator(from, { spec, inShape: shape, outShape, weight: nameOf, node: add })
  }
  const walk = (layer: Net, from: string, shape: Shape): string => {
    const anatomy = anatomyOf(layer)
    switch (anatomy.kind) {
      case 'product': {
        let [name, at] = [from, shape]
        for (const part of anatomy.layers) {
          name = walk(part, name, at)
          at = outlineOf(part, at).outShape
        }
        return name
      }
      case 'residual':
        return add(
          'Add',
          anatomy.layers.map((branch) => walk(branch, from, shape)),
        )
      case 'layer':
        return leaf(layer, anatomy, from, shape)
    }
  }
  return walk(net, x, inShape)
}

const unknownLayer = (spec: LayerSpec | undefined, shape: Shape): ArgumentError =>
  spec === undefined
    ? new ArgumentError(
        `encodeOnnx: a layer that takes examples of shape ${formatShape(shape)} does not say what it is; make it with defineLayer('swish', () => layer)`,
      )
    : new ArgumentError(
        `encodeOnnx: there is no operator for layers of type '${spec.type}'; give one: { operators: { ${spec.type}: (x, { node }) => node('Identity', [x]) } }`,
      )
