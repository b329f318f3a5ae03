import { ArgumentError, checkArgument, functionOf, positive } from '../errors/index.ts'
import { checkTensor, dtypeOf, type Tensor } from '../tensor/index.ts'

/**
 * dfᵢ ≈ (f(x + h·eᵢ) − f(x − h·eᵢ))/(2h), one coordinate after the other
 *
 * @param f  a function of one tensor; it is called twice an element
 * @param x  where, float64
 * @param h  step, > 0
 * @returns  the gradient, the shape of x
 * @throws   ArgumentError for float32, whose rounding hides the difference
 * @example  numericalGradient((x) => x.data[0]! ** 2, tensor([1], [3], 'float64')).data[0]!.toFixed(6)   // '6.000000'
 * @see      https://cs231n.github.io/neural-networks-3/#gradcheck
 */
export const numericalGradient = (f: (x: Tensor) => number, x: Tensor, h = 1e-5): Tensor => {
  checkArgument('numericalGradient', 'f', f, functionOf())
  checkArgument('numericalGradient', 'h', h, positive)
  checkTensor('numericalGradient', 'x', x)
  if (dtypeOf(x) !== 'float64') {
    throw new ArgumentError(
      "numericalGradient: x is float32, whose rounding errors are as large as the differences; use cast(x, 'float64') or a net with dtype: 'float64'",
    )
  }
  const moved = { shape: x.shape, data: new Float64Array(x.data) }
  const gradient = { shape: x.shape, data: new Float64Array(x.data.length) }
  for (let i = 0; i < moved.data.length; i++) {
    const before = moved.data[i] as number
    moved.data[i] = before + h
    const above = f(moved)
    moved.data[i] = before - h
    const below = f(moved)
    moved.data[i] = before
    gradient.data[i] = (above - below) / (2 * h)
  }
  return gradient
}
