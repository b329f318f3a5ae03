import { kernelsFor } from './backend.ts'
import { convolutionKernels } from './convolution.ts'
import { images } from './generatedImages.ts'
import type * as node from './imageKernels.ts'
import type { Kernels } from './kernels.ts'
import { moduleOf } from './module.ts'
import type { Call } from './pool.ts'
import { convolutionsOn } from './sharedConvolution.ts'
import { loopNames } from './signatures.ts'
import { importsOf, type Opened, openedAs } from './wasm.ts'
import { windowKernels } from './windows.ts'

/** A second module on the same heap, whose loops take their numbers in the pool. */
const withImages = ({ kernels, memory, isShared, calls, pool, workOf }: Opened): Kernels => {
  const { exports } = new WebAssembly.Instance(moduleOf(images, isShared), importsOf(memory))
  for (const [number, name] of loopNames.entries()) calls[number] ??= exports[name] as Call
  return { ...kernels, ...convolutionsOn(pool, workOf) }
}

/** Plain loops, where there is no wasm, and of float64. */
const withLoops = (kernels: Kernels): Kernels => {
  const loops = { ...kernels, ...windowKernels }
  return { ...loops, ...convolutionKernels(loops) }
}

const known = new WeakMap<Kernels, Kernels>()

/** In a page the loops come with the first image. */
export const imageKernelsFor: typeof node.imageKernelsFor = (data) => {
  const kernels = kernelsFor(data)
  const opened = openedAs(kernels)
  const all = known.get(kernels) ?? (opened === undefined ? withLoops(kernels) : withImages(opened))
  known.set(kernels, all)
  return all
}
