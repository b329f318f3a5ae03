const SWEEPS = 60 // a handful is enough for matrices of a few hundred rows

/** Sum of the squares beside the diagonal. */
const offDiagonal = (a: Float64Array, n: number): number => {
  let sum = 0
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) sum += (a[i * n + j] as number) ** 2
  return sum
}

/** Turns rows p and q of m: (p, q) ← (c·p − s·q, s·p + c·q). */
const turnRows = (m: Float64Array, n: number, p: number, q: number, c: number, s: number): void => {
  for (let k = 0; k < n; k++) {
    const [x, y] = [m[p * n + k] as number, m[q * n + k] as number]
    m[p * n + k] = c * x - s * y
    m[q * n + k] = s * x + c * y
  }
}

/** The same for columns. */
const turnColumns = (m: Float64Array, n: number, p: number, q: number, c: number, s: number): void => {
  for (let k = 0; k < n; k++) {
    const [x, y] = [m[k * n + p] as number, m[k * n + q] as number]
    m[k * n + p] = c * x - s * y
    m[k * n + q] = s * x + c * y
  }
}

/** One rotation, after which a[p, q] = 0; the rows of `vectors` turn with it. */
const rotate = (a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void => {
  const apq = a[p * n + q] as number
  if (apq === 0) return
  const theta = ((a[q * n + q] as number) - (a[p * n + p] as number)) / (2 * apq)
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  turnRows(a, n, p, q, c, t * c)
  turnColumns(a, n, p, q, c, t * c)
  turnRows(vectors, n, p, q, c, t * c)
}

/** Of a vector and its negative the one whose largest element is positive. */
const signed = (vector: Float64Array): Float64Array => {
  const largest = vector.reduce((max, v) => (Math.abs(v) > Math.abs(max) ? v : max), 0)
  return largest < 0 ? vector.map((v) => -v) : vector
}

/** An eigenvector, of length 1, and its eigenvalue. */
export interface Eigen {
  readonly value: number
  readonly vector: Float64Array
}

/**
 * The n eigenvalues of a symmetric matrix, largest first, and their vectors, by Jacobi's rotations
 *
 * A vector's largest element is positive, so that it is one and not its negative.
 *
 * @see  Golub & Van Loan, "Matrix computations", section 8.5
 */
export const symmetricEigen = (matrix: Float64Array, n: number): readonly Eigen[] => {
  const a = Float64Array.from(matrix)
  const vectors = new Float64Array(n * n)
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1
  const small = 1e-30 * a.reduce((sum, v) => sum + v * v, 0)
  for (let sweep = 0; sweep < SWEEPS && offDiagonal(a, n) > small; sweep++) {
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, n, p, q)
  }
  return Array.from({ length: n }, (_, i) => ({
    value: a[i * n + i] as number,
    vector: signed(vectors.slice(i * n, (i + 1) * n)),
  })).sort((one, other) => other.value - one.value)
}
