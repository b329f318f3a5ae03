/** Pixels, row by row: one byte each where grey, three (red, green, blue) where not. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly pixels: Uint8Array
}
