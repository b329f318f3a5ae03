/** What a picture's header says. */
export interface PictureSize {
  /** 1 of a grey picture, 3 of one in colours. */
  readonly channels: 1 | 3
  /** Rows of pixels. */
  readonly height: number
  /** Pixels in a row. */
  readonly width: number
}

/** A picture as a net takes it: its bytes lie by plane, row and column. */
export interface Picture extends PictureSize {
  /** channels·height·width bytes. */
  readonly data: Uint8Array
}

/** What a decoder gives: pixels one behind the other, each of `each` samples: grey, grey and alpha, RGB or RGBA. */
export interface Pixels extends PictureSize {
  readonly values: ArrayLike<number>
  readonly each: number
}

/** Why a picture is not even tried. */
export const tooLarge = ({ width, height }: PictureSize, bytes: number): string =>
  `its header promises ${width}×${height} pixels, which its ${bytes} bytes do not hold; is it damaged?`

/** Colours become grey (Rec. 601), or grey becomes colours; what is transparent is black. */
export const inPlanes = ({ height, width, values, each }: Pixels, channels: 1 | 3): Picture => {
  const size = height * width
  const data = new Uint8Array(channels * size)
  for (let i = 0; i < size; i++) {
    const at = i * each
    const opacity = each % 2 === 0 ? (values[at + each - 1] as number) / 255 : 1
    const red = values[at] as number
    const [green, blue] = each < 3 ? [red, red] : [values[at + 1] as number, values[at + 2] as number]
    if (channels === 1) {
      data[i] = Math.round(opacity * (0.299 * red + 0.587 * green + 0.114 * blue))
    } else {
      data[i] = Math.round(opacity * red)
      data[size + i] = Math.round(opacity * green)
      data[2 * size + i] = Math.round(opacity * blue)
    }
  }
  return { channels, height, width, data }
}
