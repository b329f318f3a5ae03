import { checkSamplerView } from '../requirements.ts'
import type { Sampler } from '../sampler.ts'
import { sampleSpace, spaceSize } from '../space/index.ts'

/**
 * Each trial drawn by itself from the domains' own distributions
 *
 * @example random().description   // 'random({})'
 * @see     Bergstra & Bengio, "Random search for hyper-parameter optimization", 2012
 */
export const random = (): Sampler => ({
  description: 'random({})',
  sees: () => 0,
  size: spaceSize,
  suggest: (view, key) => {
    checkSamplerView('random', view)
    return sampleSpace(view.space, key)
  },
})
