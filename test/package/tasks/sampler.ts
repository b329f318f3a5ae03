import { foldIn } from 'cachegrad'
import { best, domainAt, paramsBy, type Sampler, seenBy, spaceSize, unitDraw, valueAt } from 'cachegrad/sweep'

/** Takes each parameter from the best trial so far with probability `keep`, and draws it anew otherwise. */
export const mutate = (keep: number): Sampler => ({
  description: `mutate(${JSON.stringify({ keep })})`,
  sees: (number) => seenBy(number, 8, 4),
  size: spaceSize,
  suggest: ({ space, direction, seen }, key) => {
    const parent = best(seen, direction)?.params
    return paramsBy(space, (name) => {
      const kept = unitDraw(foldIn(key, 'keep'), name) < keep ? parent?.[name] : undefined
      return kept === undefined ? valueAt(domainAt(space, name), unitDraw(key, name)) : kept
    })
  },
})
