// AssemblyScript. V8 builds a constant vector anew at every use, in three or four instructions: a polynomial takes
// longer to get its coefficients than to use them. So they lie in memory, in the heap's first page behind the counter
// of claimed pages. Whoever opens the kernels (wasm.ts) writes them before the first call, always the same bytes; the
// threads of its pool only read them.

@inline
const START: usize = 64

/** The vector of constant `index`. */
@inline
export function constant(index: usize): v128 {
  return v128.load(START + (index << 4))
}

@inline
export const ONE: usize = 0
@inline
export const TWO: usize = 1

// exp: bounds of x, 1/ln 2, the rounding shift, ln 2 in two parts, six coefficients and the exponent's bias
@inline
export const EXP: usize = 2

// tanh: five coefficients and where they end
@inline
export const TANH: usize = 15

// gelu: 2·√(2/π), that times 0.044715, and that times 3
@inline
export const GELU: usize = 21

// Winograd's transforms: see winograd-tile.ts
@inline
export const WINOGRAD: usize = 24

function put(index: usize, value: f32): void {
  v128.store(START + (index << 4), f32x4.splat(value))
}

export function writeConstants(): void {
  put(ONE, 1)
  put(TWO, 2)
  put(EXP, -104)
  put(EXP + 1, 89)
  put(EXP + 2, 1.44269504088896341)
  // 1.5·2²³: added to a small number, it rounds it to an integer and leaves that in the low bits.
  put(EXP + 3, 12582912)
  // n times the first part is exact.
  put(EXP + 4, 0.693359375)
  put(EXP + 5, -2.12194440e-4)
  put(EXP + 6, 1.9875691500e-4)
  put(EXP + 7, 1.3981999507e-3)
  put(EXP + 8, 8.3334519073e-3)
  put(EXP + 9, 4.1665795894e-2)
  put(EXP + 10, 1.6666665459e-1)
  put(EXP + 11, 5.0000001201e-1)
  put(EXP + 12, reinterpret<f32>(127))
  put(TANH, -5.70498872745e-3)
  put(TANH + 1, 2.06390887954e-2)
  put(TANH + 2, -5.37397155531e-2)
  put(TANH + 3, 1.33314422036e-1)
  put(TANH + 4, -3.33332819422e-1)
  put(TANH + 5, 0.625)
  put(GELU, 1.5957691216057308)
  put(GELU + 1, 0.07135481627260025)
  put(GELU + 2, 0.21406444881780076)
  // a = 5/8 and b = 3/2, and what is made of them.
  put(WINOGRAD, 0.625)
  put(WINOGRAD + 1, 1.5)
  put(WINOGRAD + 2, 0.390625)
  put(WINOGRAD + 3, 2.25)
  put(WINOGRAD + 4, -0.390625)
  put(WINOGRAD + 5, -2.25)
  put(WINOGRAD + 6, 0.87890625)
  put(WINOGRAD + 7, -2.640625)
  put(WINOGRAD + 8, 0.244140625)
  put(WINOGRAD + 9, 3.375)
  put(WINOGRAD + 10, -1.40625)
  put(WINOGRAD + 11, -0.5859375)
  put(WINOGRAD + 12, 1.1377777777777778)
  put(WINOGRAD + 13, -0.68840336134453781)
  put(WINOGRAD + 14, 0.11951447245564893)
}
