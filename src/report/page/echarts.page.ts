import * as library from 'echarts'

/** In a page, whose bundler finds the package. */
export const echarts = (): typeof library => library
