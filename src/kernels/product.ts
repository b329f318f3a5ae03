import type { ArgumentsOf, Pool } from './pool.ts'

/** What a part of a product is made of: whole tiles of out, and at least `grain` multiplications. */
export interface Cut {
  readonly rows: number
  readonly columns: number
  readonly grain: number
}

/** A product as `Kernels.matmul` has it, with the addresses of its arrays. */
export interface Product {
  readonly transA: boolean
  readonly transB: boolean
  readonly m: number
  readonly n: number
  readonly k: number
  readonly a: number
  readonly b: number
  readonly out: number
}

/** The numbers of the call for a part: the size of its piece of out, and where its operands and that piece begin. */
export type ProductCall = (
  product: Product,
  rows: number,
  columns: number,
  a: number,
  b: number,
  out: number,
  part: number,
) => ArrayLike<number>

/**
 * Products that threads share. Each is cut along the longer side of out: the threads pack the operand of the other side each for
 * itself.
 */
export const productOn = (
  pool: Pool,
  kernel: number,
  cut: Cut,
  callOf: ProductCall,
): ((product: Product) => number) => {
  // Not a closure a call, which tsx makes slow by naming it.
  let product: Product

  const rowsOf: ArgumentsOf = (from, rows, part) => {
    const { transA, n, k, a, b, out } = product
    return callOf(product, rows, n, a + from * (transA ? 4 : 4 * k), b, out + 4 * n * from, part)
  }

  const columnsOf: ArgumentsOf = (from, columns, part) => {
    const { transB, m, k, a, b, out } = product
    return callOf(product, m, columns, a, b + from * (transB ? 4 * k : 4), out + 4 * from, part)
  }

  return (next) => {
    product = next
    const { m, n, k } = product
    return m >= n
      ? pool.share(kernel, m, cut.rows, cut.grain / Math.max(1, n * k), rowsOf)
      : pool.share(kernel, n, cut.columns, cut.grain / Math.max(1, m * k), columnsOf)
  }
}
