import { ShapeError, shown } from '../errors/index.ts'

// What forward tells backward: contracts check the tensors in it, here is what comes before that.

const misfit = (where: string, expected: string, cache: unknown): ShapeError =>
  new ShapeError(
    `${where}: cache must be ${expected}, the second of what ${where.replace(/Backward|Gradients|Absorb/, 'Forward').replace(/^backward|^absorb/, 'forward')} returns, but got ${shown(cache)}`,
  )

/** The cache, if it is a record at all. */
export const cacheOf = <C extends object>(where: string, cache: C): C => {
  if (typeof cache !== 'object' || cache === null) throw misfit(where, 'a record', cache)
  return cache
}

/** The caches of a block's parts, if there are as many. */
export const cachesOf = <C extends readonly unknown[]>(where: string, caches: C, count: number): C => {
  if (!Array.isArray(caches) || caches.length !== count) throw misfit(where, `a list of ${count} caches`, caches)
  return caches
}
