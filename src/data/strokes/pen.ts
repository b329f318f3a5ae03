import type { Stroke } from './glyphs.ts'

// Bound once: where tests have a realm of their own (Jest), each look-up of a global costs microseconds.
const { ceil, floor, max, min, sqrt } = Math

/** Height and width of an image in pixels. */
export const SIDE = 28

/** How the pen meets the paper: radii in pixels at both ends of a stroke, and the width of the soft edge. */
export interface Pen {
  readonly start: number
  readonly end: number
  readonly edge: number
}

/** Darkens the pixels around the segment from (x0, y0) to (x1, y1), whose pen radii are r0 and r1, to at most 1. */
const drawSegment = (
  ink: Float64Array,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  r0: number,
  r1: number,
  edge: number,
): void => {
  const reach = max(r0, r1) + edge / 2
  const left = max(0, ceil(min(x0, x1) - reach))
  const right = min(SIDE - 1, floor(max(x0, x1) + reach))
  const top = max(0, ceil(min(y0, y1) - reach))
  const bottom = min(SIDE - 1, floor(max(y0, y1) + reach))
  const dx = x1 - x0
  const dy = y1 - y0
  const perLength2 = 1 / (dx * dx + dy * dy + 1e-12)
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const t = min(1, max(0, ((x - x0) * dx + (y - y0) * dy) * perLength2))
      const ex = x0 + t * dx - x
      const ey = y0 + t * dy - y
      const cover = (r0 + t * (r1 - r0) - sqrt(ex * ex + ey * ey)) / edge + 0.5
      const at = y * SIDE + x
      if (cover > (ink[at] as number)) ink[at] = min(1, cover)
    }
  }
}

const STEPS = 4

/**
 * Draws a Catmull-Rom spline through the points of a stroke, given in pixels; it turns sharply at corners. The ink of
 * crossing strokes does not add up.
 *
 * @see Catmull, Rom, "A class of local interpolating splines", 1974
 */
export const drawStroke = (ink: Float64Array, { x, y, corner }: Stroke, pen: Pen): void => {
  const n = x.length
  const spans = n - 1
  for (let i = 0; i < spans; i++) {
    // Beyond an end or a corner the neighbour is the point itself.
    const before = i === 0 || corner[i] ? i : i - 1
    const after = i + 2 >= n || corner[i + 1] ? i + 1 : i + 2
    const [x0, x1, x2, x3] = [x[before] as number, x[i] as number, x[i + 1] as number, x[after] as number]
    const [y0, y1, y2, y3] = [y[before] as number, y[i] as number, y[i + 1] as number, y[after] as number]
    let fromX = x1
    let fromY = y1
    let fromRadius = pen.start + (i / spans) * (pen.end - pen.start)
    for (let step = 1; step <= STEPS; step++) {
      const t = step / STEPS
      const toX = x1 + 0.5 * t * (x2 - x0 + t * (2 * x0 - 5 * x1 + 4 * x2 - x3 + t * (3 * (x1 - x2) + x3 - x0)))
      const toY = y1 + 0.5 * t * (y2 - y0 + t * (2 * y0 - 5 * y1 + 4 * y2 - y3 + t * (3 * (y1 - y2) + y3 - y0)))
      const toRadius = pen.start + ((i + t) / spans) * (pen.end - pen.start)
      drawSegment(ink, fromX, fromY, toX, toY, fromRadius, toRadius, pen.edge)
      fromX = toX
      fromY = toY
      fromRadius = toRadius
    }
  }
}
