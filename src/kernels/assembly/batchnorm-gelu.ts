// AssemblyScript. Batchnorm and the gelu behind it in one pass, with the bits of both: what batchnorm makes of a plane is still in the
// nearest cache, and backward makes it again from xHat, so that it is never kept.

import { GeluSlope, geluForward } from './activations'
import { none } from './elementwise'
import { batchnormBackward, batchnormForward, batchnormPredict } from './normalization'
import { batchnormPlanesBackward, batchnormPlanesForward, batchnormPlanesPredict, GeluAfter } from './planes'
import { loadSome, madd, storeSome } from './vector'

function geluRows(y: usize, rows: usize, columns: usize, stride: usize): void {
  for (; rows; rows--, y += stride) geluForward(y, y, columns)
}

export function batchnormGeluForward(
  x: usize,
  gamma: usize,
  beta: usize,
  inner: usize,
  eps: f64,
  y: usize,
  xHat: usize,
  mean: usize,
  variance: usize,
  invStd: usize,
  rows: usize,
  columns: usize,
  stride: usize,
  work: usize,
): void {
  if (inner != 1) {
    batchnormPlanesForward<GeluAfter>(x, gamma, beta, inner, eps, y, xHat, mean, variance, invStd, rows, columns, stride)
    return
  }
  batchnormForward(x, gamma, beta, 1, eps, y, xHat, mean, variance, invStd, rows, columns, stride, work)
  geluRows(y, rows, columns, stride)
}

export function batchnormGeluPredict(
  x: usize,
  gamma: usize,
  beta: usize,
  mean: usize,
  variance: usize,
  inner: usize,
  eps: f64,
  y: usize,
  rows: usize,
  columns: usize,
  stride: usize,
  work: usize,
): void {
  if (inner != 1) {
    batchnormPlanesPredict<GeluAfter>(x, gamma, beta, mean, variance, inner, eps, y, rows, columns, stride)
    return
  }
  batchnormPredict(x, gamma, beta, mean, variance, 1, eps, y, rows, columns, stride, work)
  geluRows(y, rows, columns, stride)
}

/** dx = dy·gelu′(gamma·xHat + beta) of 1 to 4 elements */
@inline
function geluAt(dy: usize, gamma: v128, beta: v128, xHat: usize, dx: usize, count: usize): void {
  const y = madd(gamma, loadSome(xHat, count), beta)
  storeSome(dx, changetype<GeluSlope>(0).of(loadSome(dy, count), y, none()), count)
}

/** The same of `count` elements of one column. */
function geluAlong(dy: usize, gamma: usize, beta: usize, xHat: usize, dx: usize, count: usize): void {
  const scale = v128.load32_splat(gamma)
  const shift = v128.load32_splat(beta)
  for (; count >= 4; count -= 4, dy += 16, xHat += 16, dx += 16) geluAt(dy, scale, shift, xHat, dx, 4)
  if (count) geluAt(dy, scale, shift, xHat, dx, count)
}

/** The same of a row with one element a column. */
function geluAcross(dy: usize, gamma: usize, beta: usize, xHat: usize, dx: usize, columns: usize): void {
  for (; columns >= 4; columns -= 4, dy += 16, xHat += 16, dx += 16, gamma += 16, beta += 16) {
    geluAt(dy, v128.load(gamma), v128.load(beta), xHat, dx, 4)
  }
  if (columns) geluAt(dy, loadSome(gamma, columns), loadSome(beta, columns), xHat, dx, columns)
}

/** The gradient of gelu lies where dx will be. */
export function batchnormGeluBackward(
  dy: usize,
  gamma: usize,
  beta: usize,
  xHat: usize,
  invStd: usize,
  inner: usize,
  dx: usize,
  dgamma: usize,
  dbeta: usize,
  rows: usize,
  columns: usize,
  stride: usize,
  work: usize,
): void {
  const all = rows * stride
  if (inner == 1) {
    for (let i: usize = 0; i != all; i += stride) geluAcross(dy + i, gamma, beta, xHat + i, dx + i, columns)
    batchnormBackward(dx, gamma, xHat, invStd, 1, dx, dgamma, dbeta, rows, columns, stride, work)
    return
  }
  for (let j: usize = 0; j < columns << 2; j += 4) {
    const at = j * inner
    for (let i = at; i != at + all; i += stride) geluAlong(dy + i, gamma + j, beta + j, xHat + i, dx + i, inner)
    batchnormPlanesBackward(dx + at, gamma + j, xHat + at, invStd + j, inner, dx + at, dgamma + j, dbeta + j, rows, 1, stride)
  }
}
