import { type Given, required, requirement, shown, text } from '../../errors/index.ts'
import { SweepError } from '../../sweep/index.ts'

const given = (expected: string) => required(requirement<string>(expected, text.holds))

/** Where a study's jobs lie, and what they are of. */
export const addressOptions = {
  /** Of Redis or Valkey: `redis://[user:password@]host[:port][/number]`, or `rediss://…` for TLS. */
  url: given('the URL of a Redis server, e.g. redis://localhost:6379'),
  /** Of the study; controller and workers meet under it. */
  name: given('the name of the study'),
  /** URL of the module whose default export is the study, e.g. `import.meta.url`: controller and workers must have the same. */
  module: required(
    requirement<string>(
      'the URL of a module that is a file, e.g. import.meta.url',
      (v) => typeof v === 'string' && URL.canParse(v) && new URL(v).protocol === 'file:',
    ),
  ),
}

/** The options of `onQueue`. @interface */
export type QueueOptions = Given<typeof addressOptions>

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
const faultOf = ({ url, name }: QueueOptions): string | undefined => {
  if (!URL.canParse(url) || !['redis:', 'rediss:'].includes(new URL(url).protocol)) {
    return `url must be redis://[user:password@]host:port, or rediss:// for TLS, but got ${shownUrl(url)}`
  }
  if (![new URL(url).username, new URL(url).password].every(isDecodable)) {
    return `url has a % in its user or password that begins no code; write %25 for a %, but got ${shownUrl(url)}`
  }
  if (new URL(url).hostname === '') return 'url names no host; write e.g. redis://localhost:6379'
  return /^[\w.-]{1,100}$/.test(name)
    ? undefined
    : `name must be made of letters, digits, _, . and -, but got ${shown(name)}`
}

/** @throws  SweepError */
export const checkAddress = (where: string, address: QueueOptions): QueueOptions => {
  const fault = faultOf(address)
  if (fault !== undefined) throw new SweepError(`${where}: ${fault}`)
  return address
}
