import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, 'fixtures')

/** The path of a file or folder that Python wrote: see fixtures/sets.py, pictures.py and tables.py. */
export const path = (name: string): string => join(folder, name)

export const fixture = (name: string): Uint8Array => readFileSync(path(name))

export const told = <A>(name: string): A => JSON.parse(readFileSync(path(name), 'utf8')) as A
