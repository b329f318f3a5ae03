// AssemblyScript. Row by row; sums over a row and over the rows are float64. labels holds one class index a row.
// Softmax goes over all rows three times: short passes have many independent operations to do at once, one long pass
// would wait for each row's.

import { sumRow } from './columns'
import { exp, log } from './math'
import { loadTail, loadTailOr, storeTail, wholeBytes } from './vector'

/** The largest of a row. A NaN is passed over here and shows in every exponential's sum. */
function largest(x: usize, columns: usize): f32 {
  const rest = columns & 3
  let v = f32x4.splat(-Infinity)
  for (const end = x + wholeBytes(columns); x != end; x += 16) v = f32x4.pmax(v, v128.load(x))
  if (rest) v = f32x4.pmax(v, loadTailOr(x, rest, v))
  const low = f32x4.pmax(v, i32x4.shuffle(v, v, 2, 3, 2, 3))
  const a = f32x4.extract_lane(low, 0)
  const b = f32x4.extract_lane(low, 1)
  return a < b ? b : a
}

/** y = x − the largest of the row, then exponentials of all of it */
function exponentials(x: usize, y: usize, rows: usize, columns: usize): void {
  const rest = columns & 3
  let to = y
  for (let i: usize = 0; i < rows; i++) {
    const max = f32x4.splat(largest(x, columns))
    for (const end = x + wholeBytes(columns); x != end; x += 16, to += 16) {
      v128.store(to, f32x4.sub(v128.load(x), max))
    }
    if (rest) {
      storeTail(to, f32x4.sub(loadTail(x, rest), max), rest)
      x += rest << 2
      to += rest << 2
    }
  }
  const n = rows * columns
  for (const end = y + wholeBytes(n); y != end; y += 16) v128.store(y, exp(v128.load(y)))
  if (n & 3) storeTail(y, exp(loadTail(y, n & 3)), n & 3)
}

function scaleRow(y: usize, factor: f64, columns: usize): void {
  const rest = columns & 3
  const s = f32x4.splat(<f32>factor)
  for (const end = y + wholeBytes(columns); y != end; y += 16) v128.store(y, f32x4.mul(v128.load(y), s))
  if (rest) storeTail(y, f32x4.mul(loadTail(y, rest), s), rest)
}

export function softmax(x: usize, columns: usize, y: usize, rows: usize): void {
  exponentials(x, y, rows, columns)
  for (; rows; rows--, y += columns << 2) scaleRow(y, 1 / sumRow(y, columns), columns)
}

export function softmaxLoss(x: usize, labels: usize, dx: usize, rows: usize, columns: usize): f64 {
  const stride = columns << 2
  const count = <f64>rows
  let loss: f64 = 0
  exponentials(x, dx, rows, columns)
  for (let i: usize = 0; i < rows; i++, x += stride, dx += stride, labels += 4) {
    const sum = sumRow(dx, columns)
    const correct = load<u32>(labels) << 2
    const e = <f64>load<f32>(dx + correct)
    scaleRow(dx, 1 / (sum * count), columns)
    // Anew in float64: p − 1 keeps its digits when p is near 1, as the loss does.
    store<f32>(dx + correct, <f32>((e / sum - 1) / count))
    loss += log(sum) + (<f64>largest(x, columns) - <f64>load<f32>(x + correct))
  }
  return loss / count
}

export function svmLoss(x: usize, labels: usize, dx: usize, rows: usize, columns: usize): f64 {
  const count = <f64>rows
  const share = <f32>(1 / count)
  let loss: f64 = 0
  for (let i: usize = 0; i < rows; i++, labels += 4) {
    const label = <usize>load<u32>(labels)
    const score = <f64>load<f32>(x + (label << 2))
    const target = dx + (label << 2)
    let violations: f64 = 0
    for (let j: usize = 0; j < columns; j++, x += 4, dx += 4) {
      const margin = <f64>load<f32>(x) - score + 1
      // Selected, not branched on: which classes violate is as good as random.
      const violated = select<bool>(!(margin <= 0), false, j != label)
      loss += select<f64>(margin, 0, violated)
      violations += select<f64>(1, 0, violated)
      store<f32>(dx, select<f32>(share, 0, violated))
    }
    store<f32>(target, <f32>(-violations / count))
  }
  return loss / count
}

export function softTargetLoss(x: usize, t: usize, columns: usize, total: f64, dx: usize, rows: usize): f64 {
  let loss: f64 = 0
  exponentials(x, dx, rows, columns)
  for (let i: usize = 0; i < rows; i++) {
    const sum = sumRow(dx, columns)
    const weight = sumRow(t, columns)
    const peak = <f64>largest(x, columns)
    const logSum = log(sum)
    for (let j: usize = 0; j < columns; j++, x += 4, t += 4, dx += 4) {
      const target = <f64>load<f32>(t)
      loss += target * (logSum - (<f64>load<f32>(x) - peak))
      store<f32>(dx, <f32>(((weight * <f64>load<f32>(dx)) / sum - target) / total))
    }
  }
  return loss / total
}

export function maeLoss(x: usize, y: usize, dx: usize, n: usize): f64 {
  const count = <f64>n
  let loss: f64 = 0
  for (const end = x + (n << 2); x != end; x += 4, y += 4, dx += 4) {
    const d = <f64>load<f32>(x) - <f64>load<f32>(y)
    loss += abs(d)
    store<f32>(dx, <f32>(select<f64>(1, select<f64>(-1, d, d < 0), d > 0) / count))
  }
  return loss / count
}

export function huberLoss(x: usize, y: usize, delta: f64, dx: usize, n: usize): f64 {
  const count = <f64>n
  let loss: f64 = 0
  for (const end = x + (n << 2); x != end; x += 4, y += 4, dx += 4) {
    const d = <f64>load<f32>(x) - <f64>load<f32>(y)
    const size = abs(d)
    const isFar = size > delta
    loss += select<f64>(delta * (size - 0.5 * delta), 0.5 * d * d, isFar)
    store<f32>(dx, <f32>(select<f64>(copysign(delta, d), d, isFar) / count))
  }
  return loss / count
}

/** dx = e⁻|x|, then the loss and its gradient in float64: (1 − t − t·e)/(1 + e) is sigmoid(x) − t without its cancellation. */
export function logisticLoss(x: usize, t: usize, dx: usize, n: usize): f64 {
  const count = <f64>n
  const rest = n & 3
  let from = x
  let to = dx
  for (const end = dx + wholeBytes(n); to != end; from += 16, to += 16) {
    v128.store(to, exp(f32x4.neg(f32x4.abs(v128.load(from)))))
  }
  if (rest) storeTail(to, exp(f32x4.neg(f32x4.abs(loadTail(from, rest)))), rest)
  let loss: f64 = 0
  for (const end = x + (n << 2); x != end; x += 4, t += 4, dx += 4) {
    const score = <f64>load<f32>(x)
    const target = <f64>load<f32>(t)
    const e = <f64>load<f32>(dx)
    const isPositive = score > 0
    loss += select<f64>(score, 0, isPositive) - score * target + log(1 + e)
    const slope = select<f64>(1 - target - target * e, (1 - target) * e - target, isPositive)
    store<f32>(dx, <f32>(slope / (1 + e) / count))
  }
  return loss / count
}
