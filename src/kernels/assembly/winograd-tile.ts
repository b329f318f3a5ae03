// AssemblyScript. Winograd's F(4, 3) along one axis: six inputs d, three taps g, four outputs y = Aᵀ·((G·g) ⊙ (Bᵀ·d)). Its points
// are 0, ±a, ±b and infinity with a = 5/8 and b = 3/2, whose powers are exact in float32: with 256 channels the largest error
// is a third of that with the usual 1 and 2. The transpose of each transform takes gradients back.

import { constant, WINOGRAD } from './constants'
import { madd } from './vector'

// a, b, a², b², −a², −b², a²b², −(a² + b²), a³, b³, −ab², −a²b; and 1/a²b², 1/2a²(a² − b²), 1/2b²(b² − a²)
@inline
export function k(index: usize): v128 {
  return constant(WINOGRAD + index)
}

/** Bᵀ·d, its six elements `step` bytes apart */
@inline
export function putInputs(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, to: usize, step: usize, k0: v128, k1: v128, k4: v128, k5: v128, k6: v128, k7: v128): void {
  v128.store(to, madd(k6, d0, madd(k7, d2, d4)))
  to += step
  let even = madd(k5, d2, d4)
  let odd = f32x4.mul(k0, madd(k5, d1, d3))
  v128.store(to, f32x4.add(even, odd))
  to += step
  v128.store(to, f32x4.sub(even, odd))
  to += step
  even = madd(k4, d2, d4)
  odd = f32x4.mul(k1, madd(k4, d1, d3))
  v128.store(to, f32x4.add(even, odd))
  to += step
  v128.store(to, f32x4.sub(even, odd))
  to += step
  v128.store(to, madd(k6, d1, madd(k7, d3, d5)))
}

/** A·y, the gradient of the products */
@inline
export function putOutputGradients(y0: v128, y1: v128, y2: v128, y3: v128, to: usize, step: usize, k0: v128, k1: v128, k2: v128, k3: v128, k8: v128, k9: v128): void {
  v128.store(to, y0)
  to += step
  let even = madd(k2, y2, y0)
  let odd = madd(k8, y3, f32x4.mul(k0, y1))
  v128.store(to, f32x4.add(even, odd))
  to += step
  v128.store(to, f32x4.sub(even, odd))
  to += step
  even = madd(k3, y2, y0)
  odd = madd(k9, y3, f32x4.mul(k1, y1))
  v128.store(to, f32x4.add(even, odd))
  to += step
  v128.store(to, f32x4.sub(even, odd))
  to += step
  v128.store(to, y3)
}

/** G·g */
@inline
export function putTaps(g0: v128, g1: v128, g2: v128, to: usize, step: usize, k0: v128, k1: v128, k2: v128, k3: v128, k12: v128, k13: v128, k14: v128): void {
  v128.store(to, f32x4.mul(k12, g0))
  to += step
  let even = f32x4.mul(k13, madd(k2, g2, g0))
  let odd = f32x4.mul(k13, f32x4.mul(k0, g1))
  v128.store(to, f32x4.add(even, odd))
  to += step
  v128.store(to, f32x4.sub(even, odd))
  to += step
  even = f32x4.mul(k14, madd(k3, g2, g0))
  odd = f32x4.mul(k14, f32x4.mul(k1, g1))
  v128.store(to, f32x4.add(even, odd))
  to += step
  v128.store(to, f32x4.sub(even, odd))
  to += step
  v128.store(to, g2)
}

// Of the transposes below each element by itself, from m₀, m₅ and the sums and differences of the pairs ±a and ±b.

/** y = Aᵀ·m */
@inline
export function output0(m0: v128, sumA: v128, sumB: v128): v128 {
  return f32x4.add(m0, f32x4.add(sumA, sumB))
}
@inline
export function output1(differenceA: v128, differenceB: v128, k0: v128, k1: v128): v128 {
  return madd(k1, differenceB, f32x4.mul(k0, differenceA))
}
@inline
export function output2(sumA: v128, sumB: v128, k2: v128, k3: v128): v128 {
  return madd(k3, sumB, f32x4.mul(k2, sumA))
}
@inline
export function output3(differenceA: v128, differenceB: v128, m5: v128, k8: v128, k9: v128): v128 {
  return madd(k9, differenceB, madd(k8, differenceA, m5))
}

/** d = B·v; of six, the last is v₅ */
@inline
export function inputGradient0(v0: v128, k6: v128): v128 {
  return f32x4.mul(k6, v0)
}
@inline
export function inputGradient1(differenceA: v128, differenceB: v128, v5: v128, k6: v128, k10: v128, k11: v128): v128 {
  return madd(k10, differenceA, madd(k11, differenceB, f32x4.mul(k6, v5)))
}
@inline
export function inputGradient2(v0: v128, sumA: v128, sumB: v128, k4: v128, k5: v128, k7: v128): v128 {
  return madd(k7, v0, madd(k5, sumA, f32x4.mul(k4, sumB)))
}
@inline
export function inputGradient3(differenceA: v128, differenceB: v128, v5: v128, k0: v128, k1: v128, k7: v128): v128 {
  return madd(k0, differenceA, madd(k1, differenceB, f32x4.mul(k7, v5)))
}
@inline
export function inputGradient4(v0: v128, sumA: v128, sumB: v128): v128 {
  return f32x4.add(v0, f32x4.add(sumA, sumB))
}

/** g = Gᵀ·u */
@inline
export function tap0(u0: v128, sumA: v128, sumB: v128, k12: v128, k13: v128, k14: v128): v128 {
  return madd(k12, u0, madd(k13, sumA, f32x4.mul(k14, sumB)))
}
@inline
export function tap1(differenceA: v128, differenceB: v128, k0: v128, k1: v128, k13: v128, k14: v128): v128 {
  return madd(k0, f32x4.mul(k13, differenceA), f32x4.mul(k1, f32x4.mul(k14, differenceB)))
}
@inline
export function tap2(sumA: v128, sumB: v128, u5: v128, k2: v128, k3: v128, k13: v128, k14: v128): v128 {
  return madd(k2, f32x4.mul(k13, sumA), madd(k3, f32x4.mul(k14, sumB), u5))
}

// Four vectors as the columns of a 4×4 matrix: `low` and `high` of two, of which `firsts` and `seconds` of two make a row.
@inline
export function low(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 0, 4, 1, 5)
}
@inline
export function high(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 2, 6, 3, 7)
}
@inline
export function firsts(a: v128, b: v128): v128 {
  return i64x2.shuffle(a, b, 0, 2)
}
@inline
export function seconds(a: v128, b: v128): v128 {
  return i64x2.shuffle(a, b, 1, 3)
}
