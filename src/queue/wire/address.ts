import { SweepError } from '../../sweep/index.ts'
import type { Requirement } from '../../tensor/index.ts'

/** Where a study's jobs lie, and what they are of. */
export interface Address {
  /** Of Redis or Valkey: `redis://[user:password@]host[:port][/number]`, or `rediss://…` for TLS. */
  readonly url: string
  /** Of the study; controller and workers meet under it. */
  readonly name: string
  /** URL of the module whose default export is the study, e.g. `import.meta.url`: controller and workers must have the same. */
  readonly module: string
}

const text = (expected: string): Requirement => ({ expected, holds: (v) => typeof v === 'string' && v !== '' })

/** What both sides need. */
export const addressRequirements = {
  url: text('the URL of a Redis server, e.g. redis://localhost:6379'),
  name: text('the name of the study'),
  module: {
    expected: 'the URL of a module that is a file, e.g. import.meta.url',
    holds: (v) => typeof v === 'string' && URL.canParse(v) && new URL(v).protocol === 'file:',
  },
} satisfies Readonly<Record<string, Requirement>>

/** All keys begin so. */
export const PREFIX = 'cachegrad'

/** A URL as it may be shown: without the password, and without what else may be one. */
export const shownUrl = (url: string): string => {
  if (!URL.canParse(url)) return 'an address that cannot be read'
  const { protocol, username, password, host, pathname } = new URL(url)
  const who = username === '' && password === '' ? '' : '***@'
  // A path that is no number may be a part of a password that was not encoded.
  return `${protocol}//${who}${host}${/^\/\d+$/.test(pathname) ? pathname : ''}`
}

const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** Why these cannot be an address; undefined where they can. */
const faultOf = ({ url, name, module }: Address): string | undefined => {
  if (!URL.canParse(url) || !['redis:', 'rediss:'].includes(new URL(url).protocol)) {
    return `url must be redis://[user:password@]host:port, or rediss:// for TLS, but got ${shownUrl(url)}`
  }
  if (![new URL(url).username, new URL(url).password].every(isDecodable)) {
    return `url has a % in its user or password that begins no code; write %25 for a %, but got ${shownUrl(url)}`
  }
  if (new URL(url).hostname === '') return 'url names no host; write e.g. redis://localhost:6379'
  if (typeof name !== 'string' || !/^[\w.-]{1,100}$/.test(name)) {
    return `name must be made of letters, digits, _, . and -, but got ${JSON.stringify(name)}`
  }
  return module === undefined ? `module is missing; give ${addressRequirements.module.expected}` : undefined
}

/** @throws  SweepError */
export const checkAddress = (where: string, address: Address): Address => {
  const fault = faultOf(address)
  if (fault !== undefined) throw new SweepError(`${where}: ${fault}`)
  return address
}
