import { ArgumentError, ShapeError } from '../errors/index.ts'
import { imageKernelsFor, scoped } from '../kernels/index.ts'
import { dtypeOf, empty, type Tensor, tensor } from '../tensor/index.ts'
import { symmetricEigen } from './eigen.ts'
import type { Window } from './window.ts'

// Bound once: Jest's realm makes each look-up of a global slow.
const { floor, max, min, sqrt } = Math

// Initial filters of a convolution that are no random numbers, or not all.

/**
 * W[f, f, middle] = 1 for the first filters, as many as there are channels, and 0 elsewhere of these: they pass the channels on
 *
 * @param W  filters that were drawn, shape (F, C, HH, WW); the others stay
 * @see      PyTorch's torch.nn.init.dirac_; Zagoruyko & Komodakis, "DiracNets", 2017
 */
export const dirac = (W: Tensor): Tensor => {
  const [F = 0, C = 0, HH = 0, WW = 0] = W.shape
  const size = C * HH * WW
  const middle = floor(HH / 2) * WW + floor(WW / 2)
  const data = W.data.slice()
  for (let f = 0; f < min(F, C); f++) {
    data.fill(0, f * size, (f + 1) * size)
    data[f * size + f * HH * WW + middle] = 1
  }
  return { shape: W.shape, data }
}

/** Throws where there are more filters than whitening has. */
export const checkWhitening = (filters: number, taps: number): void => {
  if (filters <= 2 * taps) return
  throw new ShapeError(
    `conv: whitening has two filters for each of the ${taps} numbers of a patch, a direction and its opposite, so there can be ${2 * taps}, but numFilters is ${filters}; lower it`,
  )
}

interface Moments {
  readonly mean: Float64Array
  readonly covariance: Float64Array
}

/** Mean and covariance of what a window sees of images at all its places. */
const momentsOf = (x: Tensor, w: Window, taps: number): Moments => {
  const [images = 0, channels = 0] = x.shape
  const size = channels * w.height * w.width
  const places = w.outHeight * w.outWidth
  const kernels = imageKernelsFor(x.data)
  const [mean, covariance] = [new Float64Array(taps), new Float64Array(taps * taps)]
  for (let n = 0; n < images; n++) {
    scoped(() => {
      // [columns, own]: what the window sees of one image, a place a column, and its products.
      const [columns, own] = [empty([taps, places], dtypeOf(x)), empty([taps, taps], dtypeOf(x))]
      const image = x.data.subarray(n * size, (n + 1) * size)
      kernels.im2col(
        image,
        w.height,
        w.width,
        w.windowHeight,
        w.windowWidth,
        w.strideY,
        w.strideX,
        w.padY,
        w.padX,
        columns.data,
      )
      kernels.matmul(false, true, taps, taps, places, columns.data, columns.data, own.data)
      for (let i = 0; i < taps * taps; i++) covariance[i] = (covariance[i] as number) + (own.data[i] as number)
      for (let i = 0, at = 0; i < taps; i++) {
        let sum = 0
        for (let j = 0; j < places; j++, at++) sum += columns.data[at] as number
        mean[i] = (mean[i] as number) + sum
      }
    })
  }
  const count = images * places
  for (let i = 0; i < taps; i++) mean[i] = (mean[i] as number) / count
  for (let i = 0; i < taps; i++) {
    for (let j = 0; j < taps; j++) {
      covariance[i * taps + j] =
        (covariance[i * taps + j] as number) / count - (mean[i] as number) * (mean[j] as number)
    }
  }
  return { mean, covariance }
}

// Of the mean variance: keeps directions in which patches hardly differ from being blown up.
const EPS = 5e-4

/**
 * Filters that whiten patches: row i of W is vᵢ/√(λᵢ + ε) for the i-th eigenvector of their covariance, then come the negatives of
 * these; b = −W·mean
 *
 * ε is 5e-4 of the patches' mean variance, so of images with mean 0 and variance 1 it is 5e-4.
 *
 * @param x  images, shape (N, C, H, W)
 * @param W  filters that it takes the place of, shape (F, C, HH, WW)
 * @param w  their window, without a rim
 * @see      Page, "How to train your ResNet 8", 2019; Jordan, arXiv 2404.00498, section 3.1
 */
export const whitening = (x: Tensor, W: Tensor, w: Window): { readonly W: Tensor; readonly b: Tensor } => {
  const [filters = 0] = W.shape
  const taps = W.data.length / filters
  const { mean, covariance } = momentsOf(x, w, taps)
  let variance = 0
  for (let i = 0; i < taps; i++) variance += (covariance[i * taps + i] as number) / taps
  if (!(variance > 0) || !Number.isFinite(variance)) {
    throw new ArgumentError(
      `conv: whitening needs images that differ, but the variance of their patches is ${variance}; use another weightScale, e.g. 'he'`,
    )
  }
  const rows = symmetricEigen(covariance, taps).map(({ value, vector }) => {
    const size = sqrt(max(0, value) + EPS * variance)
    return vector.map((v) => v / size)
  })
  const all = [...rows, ...rows.map((row) => row.map((v) => -v))].slice(0, filters)
  const shift = all.map((row) => -row.reduce((sum, v, i) => sum + v * (mean[i] as number), 0))
  return {
    W: tensor(
      W.shape,
      all.flatMap((row) => [...row]),
      dtypeOf(W),
    ),
    b: tensor([filters], shift, dtypeOf(W)),
  }
}
