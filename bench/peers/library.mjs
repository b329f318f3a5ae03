// The package that is built here, or in the folder BENCH_PACKAGE and then of whichever commit.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const folder = process.env.BENCH_PACKAGE ?? resolve(import.meta.dirname, '../..')
export const library = await import(pathToFileURL(`${folder}/dist/index.js`))
