import { shown } from './shown.ts'

/** Why these are no bytes of a file; undefined where they are. */
export const bytesFault = (bytes: unknown): string | undefined =>
  bytes instanceof Uint8Array
    ? undefined
    : `bytes must be a Uint8Array, e.g. of readFile or new Uint8Array(buffer), but got ${shown(bytes)}`

/** What messages call a file: its name, whatever was given as that. */
export const fileName = (name: unknown): string => (typeof name === 'string' ? name : shown(name))
