import * as E from 'fp-ts/lib/Either.js'
import { basename, dirname, join, readdir, relative, stat } from '../../system/index.ts'
import { DataError } from '../errors.ts'
import { type Named, named, splitOf } from './mnistSet.ts'

/** A file of the family, and the folder that its set lies in. */
export interface FoundFile extends Named {
  readonly path: string
  readonly home: string
}

/** The files of one set. */
export interface FoundFiles {
  readonly set: string
  readonly home: string
  readonly files: readonly FoundFile[]
}

// Deep enough for FashionMNIST/raw/train-images-idx3-ubyte/train-images-idx3-ubyte.
const DEEPEST = 4
const MOST_ENTRIES = 20_000

const search = async (root: string): Promise<readonly FoundFile[]> => {
  const found: FoundFile[] = []
  let entries = 0
  const look = async (folder: string, depth: number): Promise<void> => {
    // What cannot be read below the folder is not meant.
    const all = await readdir(folder, { withFileTypes: true }).catch((error) => {
      if (depth === 0) throw error
      return []
    })
    for (const entry of all) {
      entries++
      if (entries > MOST_ENTRIES) return
      const path = join(folder, entry.name)
      if (entry.isDirectory() && depth < DEEPEST) await look(path, depth + 1)
      const name = named(entry.name)
      if (name === undefined || !(await stat(path).catch(() => undefined))?.isFile()) continue
      // Some archives unpack train-images-idx3-ubyte into a folder called train-images-idx3-ubyte.
      const isOwn = depth > 0 && named(basename(folder))?.part !== undefined
      found.push({ ...name, path, home: isOwn ? dirname(folder) : folder })
    }
  }
  await look(root, 0)
  return found
}

const grouped = (found: readonly FoundFile[]): readonly FoundFiles[] => {
  const groups = new Map<string, FoundFile[]>()
  for (const file of found) {
    const key = `${file.home}\0${file.set}`
    const own = groups.get(key)
    if (own === undefined) groups.set(key, [file])
    else own.push(file)
  }
  return [...groups.values()].map((files) => ({ ...(files[0] as FoundFile), files }))
}

/** The set that is meant: of those that lie highest, the only one, or the one that `split` names. */
const choose = (
  root: string,
  all: readonly FoundFiles[],
  split: string | undefined,
): E.Either<DataError, FoundFiles> => {
  const depth = ({ home }: FoundFiles): number => relative(root, home).split(/[/\\]/).filter(Boolean).length
  const there = [...new Set(all.map(({ set }) => splitOf(set)).filter((name) => name !== undefined))].sort()
  const wanted = split === undefined ? all : all.filter(({ set }) => splitOf(set) === split)
  const least = Math.min(...wanted.map(depth))
  const [first, ...others] = wanted.filter((group) => depth(group) === least)
  const refuse = (why: string) => E.left(new DataError(`${root}: ${why}`))
  if (first === undefined) {
    const known = there.length === 0 ? 'no file emnist-…' : `only ${there.join(', ')}`
    return refuse(`split is '${split}', but there is ${known} here; give the folder that holds emnist-${split}-…`)
  }
  if (others.length === 0) return E.right(first)
  if (split === undefined && there.length > 1) {
    return refuse(`EMNIST's splits ${there.join(', ')} are here; say which, e.g. { split: '${there[0]}' }`)
  }
  const places = [first, ...others].map(({ files }) => relative(root, files[0]?.path ?? '')).sort()
  return refuse(`there are several data sets, ${places.join(', ')}; give the folder that holds only the one you mean`)
}

/**
 * The files of the one set that lies in a folder or in the folders in it
 *
 * @param split  of EMNIST, where several are there
 * @returns      without files where there are none; left(DataError) that names the sets among which to choose
 */
export const searchMnist = async (
  root: string,
  split: string | undefined,
): Promise<E.Either<DataError, FoundFiles>> => {
  const groups = grouped(await search(root))
  return groups.length === 0 ? E.right({ set: '', home: root, files: [] }) : choose(root, groups, split)
}
