import type { CustomSeriesOption } from 'echarts'
import type { Point } from '../page/curves.ts'

/** How marks look. */
export interface Look {
  readonly color: string
  /** In pixels: a dot's diameter, or a line's width. */
  readonly width: number
  readonly opacity?: number
}

// One path for all of them: a shape each would make a page with 10,000 trials ten times as large.
const onePath = (
  lists: readonly (readonly Point[])[],
  pathOf: (pixels: readonly Point[]) => string,
  { color, width, opacity = 1 }: Look,
): CustomSeriesOption => ({
  type: 'custom',
  silent: true,
  clip: false,
  // Where the marks are is known to the path only.
  data: lists.every((points) => points.length === 0) ? [] : [[0, 0]],
  renderItem: (_params, api) => ({
    type: 'path',
    shape: {
      pathData: lists
        .map((points) => pathOf(points.map((point) => api.coord([...point]).map(Math.round) as [number, number])))
        .join(''),
    },
    style: {
      fill: 'none',
      stroke: color,
      lineWidth: width,
      opacity,
      lineCap: 'round',
      lineJoin: 'round',
    },
  }),
})

// A line of no length at all is left out.
const dot = ([x, y]: Point): string => `M${x} ${y}L${x + 0.1} ${y}`

/** A round dot at each point. */
export const dots = (points: readonly Point[], look: Look): CustomSeriesOption =>
  onePath([points], (pixels) => pixels.map(dot).join(''), look)

/** A cross at each point. */
export const crosses = (points: readonly Point[], look: Look, arm = 3): CustomSeriesOption =>
  onePath(
    [points],
    (pixels) =>
      pixels
        .map(([x, y]) => `M${x - arm} ${y - arm}L${x + arm} ${y + arm}M${x - arm} ${y + arm}L${x + arm} ${y - arm}`)
        .join(''),
    look,
  )

const through = (pixels: readonly Point[]): string =>
  pixels.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('')

/** A line through the points of each list; a lone point is a dot. */
export const lines = (lists: readonly (readonly Point[])[], look: Look): CustomSeriesOption =>
  onePath(lists, (pixels) => (pixels.length === 1 ? pixels.map(dot).join('') : through(pixels)), look)
