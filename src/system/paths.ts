/** Paths where there is no node, as on POSIX: pages name things by them, e.g. in messages. */

/** Without `.`, `..` and empty parts. */
const tidy = (path: string): string => {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '' && part !== '.' && !(part === '..' && path.startsWith('/'))) parts.push(part)
  }
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}` || '.'
}

export const isAbsolute = (path: string): boolean => path.startsWith('/')

export const join = (...parts: readonly string[]): string => tidy(parts.filter((part) => part !== '').join('/'))

/** From the root, which is where a page is. */
export const resolve = (...parts: readonly string[]): string => {
  const from = parts.findLastIndex(isAbsolute)
  return tidy(['', ...parts.slice(Math.max(0, from))].join('/'))
}

export const dirname = (path: string): string => {
  const trimmed = path.replace(/(.)\/+$/, '$1')
  const at = trimmed.lastIndexOf('/')
  return at < 0 ? '.' : at === 0 ? '/' : trimmed.slice(0, at)
}

export const basename = (path: string, ending = ''): string => {
  const name = path.replace(/\/+$/, '').split('/').at(-1) ?? ''
  return ending !== '' && name.endsWith(ending) && name !== ending ? name.slice(0, -ending.length) : name
}

export const relative = (from: string, to: string): string => {
  const [a, b] = [from, to].map((path) => resolve(path).split('/').filter(Boolean)) as [string[], string[]]
  let same = 0
  while (same < a.length && same < b.length && a[same] === b[same]) same++
  return [...a.slice(same).map(() => '..'), ...b.slice(same)].join('/')
}
