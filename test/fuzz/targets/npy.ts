import { decodeNpy, encodeNpy } from '../../../src/formats/index.ts'
import { linspace } from '../../../src/tensor/index.ts'
import { numeral } from '../mutations.ts'
import { type Hostile, plain, type Target } from '../target.ts'

/** An array with a header as nobody writes it. */
export const oddArray: Hostile = (draw) => {
  const shape = draw.oneOf([
    `(${numeral(draw)},)`,
    `(${numeral(draw)}, ${numeral(draw)})`,
    '('.repeat(2 ** draw.below(13)),
    `(${'1, '.repeat(2 ** draw.below(12))})`,
    `(${' '.repeat(2 ** draw.below(13))})`,
  ])
  const descr = draw.oneOf(["'<f4'", "'|O'", "'>f8'", "[('a', '<f4')]", `'<f${numeral(draw)}'`, "'|b1'"])
  const header = Buffer.from(
    `{'descr': ${descr}, 'fortran_order': ${draw.oneOf(['True', 'False', '0'])}, 'shape': ${shape}, }\n`,
  )
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8])
  return Buffer.concat([start, header, draw.bytes(draw.below(100))])
}

export const npyTarget: Target = {
  name: 'npy',
  seeds: [encodeNpy(linspace(0, 1, [2, 3])), encodeNpy(linspace(0, 1, [], 'float64'))],
  read: (bytes) => decodeNpy('f', bytes),
  hostile: { header: oddArray },
  justified: plain,
}
