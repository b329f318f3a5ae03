import { allocate, isHeapShared, isOnHeap, type Kind, release, viewAt } from '../../kernels/index.ts'

/** An array on the heap, as a thread that has the same heap gets it. */
interface ArrayReference {
  readonly cachegradArray: Kind
  readonly offset: number
  readonly length: number
}

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array

const kindOf = (view: ArrayBufferView): Kind | undefined => {
  if (view instanceof Float32Array) return 'float32'
  if (view instanceof Float64Array) return 'float64'
  if (view instanceof Int32Array) return 'int32'
  return view instanceof Uint8Array ? 'uint8' : undefined
}

const isPlain = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}

const isReference = (value: object): value is ArrayReference => Object.hasOwn(value, 'cachegradArray')

/** The same lists and records with what `change` makes of what lies in them; one that lies there twice is changed once. */
const changed = (root: unknown, change: (value: object) => unknown): unknown => {
  const known = new Map<object, unknown>()
  const visit = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (known.has(value)) return known.get(value)
    if (!isPlain(value) || isReference(value)) {
      const other = change(value)
      known.set(value, other)
      return other
    }
    const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {}
    known.set(value, copy)
    for (const [name, field] of Object.entries(value)) (copy as Record<string, unknown>)[name] = visit(field)
    return copy
  }
  return visit(root)
}

/** Data as `workerData` can carry it without copies, and what gives the heap's share of it back. */
export interface Wire {
  readonly data: unknown
  readonly release: () => void
}

const toSharedBuffer = (view: ArrayBufferView): ArrayBufferView => {
  const bytes = new Uint8Array(new SharedArrayBuffer(view.byteLength))
  bytes.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
  if (view instanceof DataView) return new DataView(bytes.buffer)
  return new (view.constructor as new (buffer: SharedArrayBuffer) => ArrayBufferView)(bytes.buffer)
}

/** Typed arrays move to the heap if they are not there yet; those of kinds that no kernel knows, and all where the heap is not shared, to shared memory of their own. */
export const toWire = (data: unknown): Wire => {
  const moved: ArrayBufferView[] = []
  const referenceTo = (view: Numbers, kind: Kind): ArrayReference => ({
    cachegradArray: kind,
    offset: view.byteOffset,
    length: view.length,
  })
  const onHeap = (view: Numbers, kind: Kind): Numbers => {
    if (isOnHeap(view)) return view
    const home = allocate(kind, view.length)
    home.set(view)
    moved.push(home)
    return home
  }
  const change = (value: object): unknown => {
    if (!ArrayBuffer.isView(value)) return value
    const kind = kindOf(value)
    if (kind !== undefined && isHeapShared() && !(value.buffer instanceof SharedArrayBuffer && !isOnHeap(value))) {
      return referenceTo(onHeap(value as Numbers, kind), kind)
    }
    return value.buffer instanceof SharedArrayBuffer ? value : toSharedBuffer(value)
  }
  return {
    data: changed(data, change),
    release: () => {
      for (const view of moved) release(view)
    },
  }
}

/** The data again, in a thread that has the heap. */
export const fromWire = (data: unknown): unknown =>
  changed(data, (value) => (isReference(value) ? viewAt(value.cachegradArray, value.offset, value.length) : value))
