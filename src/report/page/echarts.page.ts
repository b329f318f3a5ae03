// @ts-expect-error: its types are those of 'echarts'. One file, which asks for no `process` as the modules do.
import * as library from 'echarts/dist/echarts.esm.min'
import type * as node from './echarts.ts'

/** In a page, whose bundler finds the package. */
export const echarts: typeof node.echarts = () => library
