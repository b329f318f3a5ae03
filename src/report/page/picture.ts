/** Pixels, row by row: one byte each where grey, three (red, green, blue) where not. */
export interface Picture {
  /** Pixels in a row. */
  readonly width: number
  /** Rows. */
  readonly height: number
  /** 1 where grey, 3 in colour. */
  readonly channels: 1 | 3
  /** height·width·channels bytes. */
  readonly pixels: Uint8Array
}
