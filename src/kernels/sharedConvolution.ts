import { staged } from './bind.ts'
import type { Convolution } from './convolution.ts'
import { allocate } from './heap.ts'
import type { Floats, Kernels } from './kernels.ts'
import type { Pool } from './pool.ts'
import { loopNumber } from './signatures.ts'
import { input, output } from './staging.ts'
import { openWorkspace } from './workspace.ts'

/**
 * Convolutions that threads share. The work is cut into groups of images, or of rows of one image, whose matrices stay in the caches;
 * a part is some groups, and one call of a loop in assembly/ that transforms, multiplies and transforms back. Groups depend on sizes
 * only, and each output is made within one group.
 *
 * 3×3 windows in steps of 1 with a rim of 1 go by Winograd's F(4×4, 3×3), everything else by columns of windows.
 */

// The matrices of a Winograd group, V and M, about fill the second cache; but where there are many filters, a group has tiles enough
// to be worth reading all of them. Milliseconds forward of 128 images with groups of 16, 32, 64 and 128 tiles: 24 to 64 channels at
// 31×31 27, 25, 22, 22; 64 to 256 at 16×16 34, 35, 47, 53; 256 to 256 at 8×8 76, 58, 49, 46 (96 tiles).
const SECOND_CACHE = 1_200_000
const FILTERS_A_TILE = 1024
const FEWEST_TILES = 16
// Below that many channels or filters the transforms cost more than the products save.
const WINOGRAD_CHANNELS = 16
const WINOGRAD_PLANE = 3
// Bytes of a thread's matrices of one group.
const MOST_SCRATCH = 2 ** 23
// Floats of a matrix of windows: an eighth of the second cache. With half of it the gradient of 7×7 filters takes a third longer.
const COLUMNS = 2 ** 15
// Planes with fewer places are put side by side, until they have that many together.
const SMALL_PLANE = 64
const TOGETHER = 256
// Partial sums of the weights' gradient: their number must not depend on the threads, as the bits of the sum depend on it.
const PARTIALS = 8
const FEW_PARTIALS = 4
const MOST_PARTIAL_BYTES = 2 ** 19
const PARTS_A_THREAD = 4

/** How the work is cut, and what it needs of memory. */
interface Plan {
  readonly isWinograd: boolean
  /** A group is so many images, or one of the bands of an image, of so many rows of tiles or places. */
  readonly together: number
  readonly bands: number
  readonly rows: number
  /** Of a thread's working memory: where the second, third and fourth piece begin, or a band's length, and all of it. */
  readonly second: number
  readonly third: number
  readonly fourth: number
  readonly scratch: number
  /** Bytes of one partial sum, which are those of the transformed filters. */
  readonly partial: number
}

const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64

/** One of Winograd's 36 matrices, as assembly/winograd.ts lays them out. */
const matrixBytes = (rows: number, columns: number): number => 4 * (4 * Math.ceil((rows * columns) / 4)) + 64

/** Groups of about `wanted` things, of which an image has `each` a row. */
const cut = (images: number, rows: number, each: number, wanted: number): Pick<Plan, 'together' | 'bands' | 'rows'> => {
  const together = Math.max(1, Math.min(images, Math.round(wanted / (rows * each))))
  const inBand = Math.ceil(rows / Math.max(1, Math.min(rows, Math.round((rows * each) / wanted))))
  return { together, bands: Math.ceil(rows / inBand), rows: inBand }
}

const tilesOf = ({ channels, filters }: Convolution): number => {
  const bytes = 36 * 4 * (channels + filters)
  const wanted = Math.max(SECOND_CACHE / bytes, (channels * filters) / FILTERS_A_TILE, FEWEST_TILES)
  return Math.min(wanted, (0.8 * MOST_SCRATCH) / bytes)
}

const winogradPlan = (c: Convolution): Plan => {
  const across = Math.ceil(c.width / 4)
  const groups = cut(c.images, Math.ceil(c.height / 4), across, tilesOf(c))
  const strips = groups.together * groups.rows
  const columns = 4 * Math.ceil((strips * across) / 4)
  const rowBytes = 16 * across + 32
  const band = (strips + 4) * 6 * rowBytes
  const second = aligned(36 * matrixBytes(c.channels, columns))
  const third = second + aligned(36 * matrixBytes(c.filters, columns))
  return {
    isWinograd: true,
    ...groups,
    second,
    third,
    fourth: band,
    scratch: aligned(third + 4 * band + rowBytes + 4 * (strips * across + 4)),
    partial: aligned(36 * matrixBytes(c.filters * c.channels, 1)),
  }
}

const columnsPlan = (c: Convolution): Plan => {
  const places = c.outHeight * c.outWidth
  const taps = c.channels * c.windowHeight * c.windowWidth
  const isSmall = places < SMALL_PLANE
  const most = Math.floor(COLUMNS / taps)
  const groups = isSmall
    ? cut(c.images, c.outHeight, c.outWidth, Math.max(places, Math.min(TOGETHER, most)))
    : cut(1, c.outHeight, c.outWidth, Math.max(1, most))
  const columns = groups.together * groups.rows * c.outWidth
  const second = aligned(4 * taps * columns)
  return {
    isWinograd: false,
    ...groups,
    second,
    third: 0,
    fourth: 0,
    scratch: second + (groups.together > 1 ? aligned(4 * c.filters * columns) : 0),
    partial: aligned(4 * c.filters * taps),
  }
}

const isWinogradShape = (c: Convolution): boolean =>
  c.windowHeight === 3 &&
  c.windowWidth === 3 &&
  c.strideY === 1 &&
  c.strideX === 1 &&
  c.padY === 1 &&
  c.padX === 1 &&
  Math.min(c.channels, c.filters) >= WINOGRAD_CHANNELS &&
  Math.min(c.height, c.width) >= WINOGRAD_PLANE

const planOf = (c: Convolution): Plan => {
  if (!isWinogradShape(c)) return columnsPlan(c)
  const plan = winogradPlan(c)
  return plan.scratch <= MOST_SCRATCH ? plan : columnsPlan(c)
}

const GEOMETRY = 32

/**
 * @param workOf  the working memory of each thread for products of its own
 */
export const convolutionsOn = (
  pool: Pool,
  workOf: (thread: number) => number,
): Pick<Kernels, 'convolve' | 'convolutionGradients'> => {
  // Made for the first convolution: without one, arrays lie on the heap where they lay before, which the gather of a batch notices.
  let words: Int32Array | undefined
  let geometry = 0
  const workspace = openWorkspace()
  const numbers = new Float64Array(8)
  /** By sizes: a number under which the judge of the pool knows them. */
  const known = new Map<string, { readonly plan: Plan; readonly id: number }>()

  const lookUp = (c: Convolution) => {
    const key = Object.values(c).join()
    const found = known.get(key)
    if (found !== undefined) return found
    const made = { plan: planOf(c), id: known.size }
    known.set(key, made)
    return made
  }

  /** Tells the loops of the convolution; where the memory before the threads' begins, of which there are `shared` bytes. */
  const prepare = (c: Convolution, plan: Plan, shared: number): number => {
    const memory = workspace(shared + plan.scratch * pool.threads)
    words ??= allocate('int32', GEOMETRY)
    geometry = words.byteOffset
    words.set([
      ...[c.images, c.channels, c.height, c.width, c.filters, c.windowHeight, c.windowWidth],
      ...[c.strideY, c.strideX, c.padY, c.padX, c.outHeight, c.outWidth],
      ...[plan.together, plan.bands, plan.rows, workOf(0), workOf(1) - workOf(0), memory + shared, plan.scratch],
      ...[plan.second, plan.third, plan.fourth],
    ])
    return memory
  }

  const say = (...values: readonly number[]): Float64Array => {
    numbers.set(values)
    return numbers
  }

  const transformFilters = (c: Convolution, w: number, u: number): void => {
    const all = c.filters * c.channels
    pool.share(loopNumber('winogradFilters'), all, 4, 1000, (from, count, part) => [
      w,
      u,
      all,
      from,
      count,
      workOf(part),
    ])
  }

  const partsOf = (groups: number, parts: number, part: number): readonly [first: number, count: number] => {
    const first = Math.floor((groups * part) / parts)
    return [first, Math.floor((groups * (part + 1)) / parts) - first]
  }

  const forward = (c: Convolution, x: number, w: number, b: number, out: number): number => {
    const { plan, id } = lookUp(c)
    const memory = prepare(c, plan, plan.isWinograd ? plan.partial : 0)
    if (plan.isWinograd) transformFilters(c, w, memory)
    const groups = Math.ceil(c.images / plan.together) * plan.bands
    const parts = pool.threads === 1 ? 1 : Math.min(groups, PARTS_A_THREAD * pool.threads)
    const loop = loopNumber(plan.isWinograd ? 'winogradForward' : 'columnsForward')
    pool.shareParts(loop, 2 * id, parts, c.images, (part) =>
      say(geometry, x, plan.isWinograd ? memory : w, b, out, ...partsOf(groups, parts, part)),
    )
    return 0
  }

  const backward = (c: Convolution, dout: number, x: number, w: number, dx: number, dw: number): number => {
    const { plan, id } = lookUp(c)
    const units = Math.ceil(c.images / plan.together)
    const parts = Math.min(units, plan.partial > MOST_PARTIAL_BYTES ? FEW_PARTIALS : PARTIALS)
    const filters = plan.isWinograd ? plan.partial : 0
    const memory = prepare(c, plan, filters + (dw === 0 ? 0 : parts * plan.partial))
    const partials = memory + filters
    if (plan.isWinograd && dx !== 0) transformFilters(c, w, memory)
    const loop = loopNumber(plan.isWinograd ? 'winogradBackward' : 'columnsBackward')
    pool.shareParts(loop, 2 * id + 1, parts, c.images, (part) => {
      const [first, count] = partsOf(units, parts, part)
      const sum = dw === 0 ? 0 : partials + part * plan.partial
      return say(geometry, dout, x, plan.isWinograd ? memory : w, dx, sum, first * plan.bands, count * plan.bands)
    })
    if (dw === 0) return 0
    const all = c.filters * c.channels
    if (plan.isWinograd) {
      pool.share(loopNumber('winogradWeights'), all, 4, 1000, (from, count, part) => [
        ...[partials, plan.partial, parts, dw, all, from, count, workOf(part)],
      ])
    } else {
      const size = all * c.windowHeight * c.windowWidth
      pool.share(loopNumber('addPartials'), c.filters, 1, (24_000 * c.filters) / size, (from, count) => [
        ...[partials, plan.partial, parts, dw, c.filters, size / c.filters, from, count],
      ])
    }
    return 0
  }

  return {
    convolve: (c, x, w, b, out) => {
      if (out.length === 0) return
      const addresses = [input(x), input(w), b === undefined ? 0 : input(b), output(out)] as const
      staged(() => forward(c, ...addresses))
    },
    convolutionGradients: (c, dout, x, w, dx, dw) => {
      if (dout.length === 0) {
        dw?.fill(0)
        dx?.fill(0)
        return
      }
      const made = (gradient: Floats | undefined): number => (gradient === undefined ? 0 : output(gradient))
      const addresses = [input(dout), input(x), input(w), made(dx), made(dw)] as const
      staged(() => backward(c, ...addresses))
    },
  }
}
