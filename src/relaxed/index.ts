/**
 * Relaxed SIMD for web pages: half of the WebAssembly, which not every page is to load.
 *
 * @module cachegrad/relaxed
 */

import { giveRelaxed, relaxed, relaxedSupported } from '../kernels/index.ts'

/**
 * Gives a page the kernels with relaxed SIMD, whose matrix products are faster, with other last bits from machine to machine
 *
 * Call it before the first kernel runs, or choose them with `useBackend('wasm')` afterwards. In Node they are there anyway.
 *
 * @returns  whether this engine has relaxed SIMD; without it nothing changes
 * @example  addRelaxed()   // e.g. true
 */
export const addRelaxed = (): boolean => {
  giveRelaxed(relaxed)
  return relaxedSupported()
}
