// AssemblyScript. What every kernel needs: a loop takes four floats at a time and the last one to three go through the
// same vector operation with `loadTail` and `storeTail`, so that no element's result depends on its place.

/** a·b + c: rounded once with relaxed SIMD, twice and the same on every machine without. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c)
  return f32x4.add(f32x4.mul(a, b), c)
}

/** A scalar that came from JS, rounded once. */
@inline
export function splat(value: f64): v128 {
  return f32x4.splat(<f32>value)
}

/** Bytes of the whole vectors among n floats. */
@inline
export function wholeBytes(n: usize): usize {
  return (n & ~3) << 2
}

/** `count` floats, 1 to 3; the other lanes keep those of `fill`. Nothing beyond them is read. */
export function loadTailOr(from: usize, count: usize, fill: v128): v128 {
  let v = v128.load32_lane(from, fill, 0)
  if (count > 1) v = v128.load32_lane(from, v, 1, 4)
  if (count > 2) v = v128.load32_lane(from, v, 2, 8)
  return v
}

@inline
export function loadTail(from: usize, count: usize): v128 {
  return loadTailOr(from, count, f32x4.splat(0))
}

export function storeTail(to: usize, v: v128, count: usize): void {
  v128.store32_lane(to, v, 0)
  if (count > 1) v128.store32_lane(to, v, 1, 4)
  if (count > 2) v128.store32_lane(to, v, 2, 8)
}

/** `count` floats, 1 to 4: a constant 4, as loops give it, is a plain load. */
@inline
export function loadSome(from: usize, count: usize): v128 {
  return count == 4 ? v128.load(from) : loadTail(from, count)
}

@inline
export function storeSome(to: usize, v: v128, count: usize): void {
  if (count == 4) v128.store(to, v)
  else storeTail(to, v, count)
}

/** Two floats as doubles. */
@inline
export function loadPair(from: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(from))
}

@inline
export function promoteLow(v: v128): v128 {
  return f64x2.promote_low_f32x4(v)
}

@inline
export function promoteHigh(v: v128): v128 {
  return f64x2.promote_low_f32x4(i32x4.shuffle(v, v, 2, 3, 2, 3))
}

@inline
export function sumOfPair(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1)
}
