import { orThrow } from 'cachegrad'
import { choice, random, runSweep, type Sampler, sweep, uniform, when } from 'cachegrad/sweep'
import { mutate } from './sampler.js'

const space = { x: uniform(-1, 1), rule: choice(['a', 'b']), y: when('rule', ['b'], uniform(0, 9)) }
const study = (sampler: Sampler, seed: number) =>
  sweep({
    ...{ space, sampler, seed, direction: 'minimize', trials: 60 },
    objective: ({ params: { x, y = 5 } }) => x ** 2 + (y - 3) ** 2,
  })
for (const seed of [1, 2, 3, 4, 5, 6]) {
  const [own, drawn] = [study(mutate(0.7), seed), study(random(), seed)].map((checked) => runSweep(orThrow(checked)))
  console.log((await orThrow(own)).best?.value, (await orThrow(drawn)).best?.value)
}
