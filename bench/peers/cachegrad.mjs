// Only public names are used (the generator for training, the function for evaluation), and what may be an Either is taken out of it.
import { library } from './library.mjs'
import { eventsOf, problemOf } from './model.mjs'
import { dataOf, serve, timed, workload } from './serve.mjs'

const asked = workload()
const { rows, inputDim, numClasses, evaluate } = asked
const problem = problemOf(library, asked, dataOf(rows, inputDim, numClasses))

const evaluation = () => {
  const { model, images, labels } = problem
  const weights = model.init()
  return timed(() => library.accuracy(model, weights, images, labels))
}

const training = () => {
  const events = eventsOf(library, asked, problem)
  return (count) => {
    let seconds = 0
    for (let steps = 0; steps < count; ) {
      const start = performance.now()
      const { value } = events.next()
      // Between epochs the generator evaluates the net, which no peer's step does.
      if (value._tag !== 'Step') continue
      seconds += (performance.now() - start) / 1000
      steps++
    }
    return seconds
  }
}

await serve(library.backend().description, evaluate ? evaluation() : training())
