import { ArgumentError, orThrow, type Resolved, resolveOptions } from '../../errors/index.ts'
import { shown } from '../errors.ts'
import { type LogOptions, logOptions } from './log.ts'

/** Throws at the call what would else be found at the first event, in the middle of a run. */
export const checkLog = (
  where: string,
  name: string,
  path: unknown,
  options: LogOptions,
): Resolved<typeof logOptions> => {
  if (typeof path !== 'string' || path === '') {
    throw new ArgumentError(`${where}: ${name} must be a text that is not empty, but got ${shown(path)}`)
  }
  return orThrow(resolveOptions(where, options, logOptions))
}
