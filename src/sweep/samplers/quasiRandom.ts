import { foldIn } from '../../random/index.ts'
import { checkSamplerView } from '../requirements.ts'
import type { Sampler } from '../sampler.ts'
import { domainAt, orderOf, paramsBy, spaceSize, unitDraw, valueAt } from '../space/index.ts'
import { SOBOL_DIMENSIONS, sobol } from './sobol.ts'

const SHIFT = 'quasiRandom'

/**
 * uⱼ(n) = (x_n,ⱼ ⊕ shiftⱼ)/2³², x a Sobol sequence: each stretch of 2ᵏ trials fills the space evenly
 *
 * The shifts come from the study's key, so each seed has another sequence, as even as the first. Each parameter has its dimension,
 * whether its condition holds or not; parameters after the 64th are drawn at random.
 *
 * @example quasiRandom().sees(100)   // 0
 * @see     Sobol, 1967; Owen, "Quasi-Monte Carlo sampling", 2003, for the digital shift; Bergstra & Bengio, 2012, for its use here
 */
export const quasiRandom = (): Sampler => ({
  description: 'quasiRandom({})',
  sees: () => 0,
  size: spaceSize,
  suggest: (view, key) => {
    checkSamplerView('quasiRandom', view)
    const { space, number, studyKey } = view
    const dimensions = new Map(orderOf(space).map((name, dimension) => [name, dimension]))
    const shifted = (name: string): number => {
      const dimension = dimensions.get(name) as number
      if (dimension >= SOBOL_DIMENSIONS) return unitDraw(key, name)
      const shift = Math.floor(unitDraw(foldIn(studyKey, SHIFT), name) * 2 ** 32)
      return ((sobol(number, dimension) ^ shift) >>> 0) / 2 ** 32
    }
    return paramsBy(space, (name) => valueAt(domainAt(space, name), shifted(name)))
  },
})
