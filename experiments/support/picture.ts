import type { Tensor } from '../../src/index.ts'

const SHADES = ' ░▒▓█'
const SIDE = 28

/** A 28×28 image as lines of text: two pixels above each other are one character. */
const lines = (pixels: Tensor['data']): string[] =>
  Array.from({ length: SIDE / 2 }, (_, row) =>
    Array.from({ length: SIDE }, (_, column) => {
      const ink = ((pixels[2 * row * SIDE + column] ?? 0) + (pixels[(2 * row + 1) * SIDE + column] ?? 0)) / 2
      return SHADES[Math.min(SHADES.length - 1, Math.floor(ink * SHADES.length))]
    }).join(''),
  )

/** Images beside each other, each with a caption below. */
export const sideBySide = (images: Tensor, captions: readonly string[]): string => {
  const size = SIDE * SIDE
  const drawn = captions.map((caption, i) => [
    ...lines(images.data.subarray(i * size, (i + 1) * size)),
    caption.padEnd(SIDE),
  ])
  return (drawn[0] ?? []).map((_, row) => drawn.map((image) => image[row]).join(' ')).join('\n')
}
