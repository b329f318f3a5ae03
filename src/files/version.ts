import { readFileSync } from '../system/index.ts'

// package.json lies two folders above this file, in src as in dist.
const { version: own } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string
}

/** Of this library, e.g. '0.1.0'; files tell which one wrote them. */
export const version = own
