// Backward by hand: what a layer's backward says, compared with differences of its forward.
import { affineBackward, affineForward, key, normal, numericalGradient, ones, type Tensor, zeros } from 'cachegrad'

const x = normal(key(1), [4, 5], 1, 'float64')
const w = normal(key(2), [5, 3], 1, 'float64')
const b = zeros([3], 'float64')

const [out, cache] = affineForward(x, w, b)
console.log('out has shape', out.shape.join(' × '))

// The sum of all outputs as a loss: its gradient at the output is 1 everywhere.
const [dx, dw, db] = affineBackward(ones(out.shape, 'float64'), cache)
const sum = ({ data }: Tensor): number => Array.from(data).reduce((total, value) => total + value, 0)
const numerical = numericalGradient((moved) => sum(affineForward(x, moved, b)[0]), w)

const errors = Array.from(dw.data, (value, i) => Math.abs(value - (numerical.data[i] ?? Number.NaN)))
const error = Math.max(...errors)
console.log('largest error of dw', error < 1e-8 ? 'below 1e-8' : error)
console.log('db counts the rows:', db.data.join(' ')) // db counts the rows: 4 4 4
console.log('dx has shape', dx.shape.join(' × '))
