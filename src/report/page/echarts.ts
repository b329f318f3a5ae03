import { createRequire } from 'node:module'
import { ReportError } from '../errors.ts'

type Echarts = typeof import('echarts')

let loaded: Echarts | undefined

// One file and only when a page is drawn: its 300 modules would take half a second, and logs need none.
export const echarts = (): Echarts => {
  try {
    loaded ??= createRequire(import.meta.url)('echarts') as Echarts
    return loaded
  } catch (reason) {
    throw new ReportError('the page draws with the package echarts, which is not installed: npm install echarts', {
      cause: reason,
    })
  }
}
