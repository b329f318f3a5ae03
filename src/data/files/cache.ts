import * as TE from 'fp-ts/lib/TaskEither.js'
import { checkArgument, isRecord, requirement, text } from '../../errors/index.ts'
import { explain, replaceFile, writeReasons } from '../../files/index.ts'
import { access, constants, homedir, isAbsolute, join, mkdir, processHere } from '../../system/index.ts'
import { DataError } from '../errors.ts'

const used = ['CACHEGRAD_CACHE', 'XDG_CACHE_HOME', 'LOCALAPPDATA']

const variables = requirement<Readonly<Record<string, string | undefined>>>(
  'variables by name, each a text, as process.env is',
  (env) => isRecord(env) && used.every((name) => env[name] === undefined || typeof env[name] === 'string'),
)

/**
 * The folder that downloaded data sets are kept in: CACHEGRAD_CACHE, else `cachegrad` in XDG_CACHE_HOME, in
 * LOCALAPPDATA on Windows, or in ~/.cache.
 *
 * @param env       the variables; those of this process unless given
 * @param platform  as node names it; this one unless given
 * @param home      the user's folder; this user's unless given
 * @example         cacheRoot({ CACHEGRAD_CACHE: '/data' })   // '/data'
 * @see             the XDG Base Directory Specification: a relative XDG_CACHE_HOME is ignored
 */
export const cacheRoot = (
  env: Readonly<Record<string, string | undefined>> = processHere.env,
  platform: string = processHere.platform,
  home: string = homedir(),
): string => {
  checkArgument('cacheRoot', 'env', env, variables)
  checkArgument('cacheRoot', 'platform', platform, text)
  checkArgument('cacheRoot', 'home', home, text)
  const { CACHEGRAD_CACHE: own, XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = env
  if (own) return own
  if (xdg && isAbsolute(xdg)) return join(xdg, 'cachegrad')
  if (platform === 'win32' && local) return join(local, 'cachegrad')
  return join(home, '.cache', 'cachegrad')
}

const reasons = { ...writeReasons, EEXIST: 'it is a file, not a folder' }

/** Why a cache folder cannot be written, and what to do. */
export const cacheFault = (folder: string, error: unknown): DataError => {
  const remedy = 'set the variable CACHEGRAD_CACHE to a folder that can'
  return new DataError(`the cache folder ${folder} cannot be written: ${explain(reasons, error)}; ${remedy}`, {
    cause: error,
  })
}

/** Makes the folder and checks that it can be written, so that this is told before a download, not after it. */
export const prepareFolder = (folder: string): TE.TaskEither<DataError, void> =>
  TE.tryCatch(
    async () => {
      await mkdir(folder, { recursive: true })
      await access(folder, constants.W_OK)
    },
    (error) => cacheFault(folder, error),
  )

/** `replaceFile` in the cache. */
export const writeWhole = (folder: string, file: string, bytes: Uint8Array): TE.TaskEither<DataError, void> =>
  TE.tryCatch(
    () => replaceFile(join(folder, file), bytes),
    (error) => cacheFault(folder, error),
  )
