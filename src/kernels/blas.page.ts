import * as E from 'fp-ts/lib/Either.js'
import type * as node from './blas.ts'

export const loadBlas: typeof node.loadBlas = () => E.left('a page has no native libraries')
