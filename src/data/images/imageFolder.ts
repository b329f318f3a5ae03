import { nearest } from '../../errors/index.ts'
import { quoted } from '../../files/index.ts'
import { join, readdir } from '../../system/index.ts'
import { DataError } from '../errors.ts'

/** A picture's file and the place of its class. */
export interface PictureFile {
  readonly path: string
  readonly label: number
}

/** A folder of classes. */
export interface PictureFolder {
  readonly classNames: readonly string[]
  readonly files: readonly PictureFile[]
  /** Files that are no pictures by their names. */
  readonly skipped: readonly string[]
}

const PICTURE = /\.(?:png|jpe?g|jfif|gif|webp|tiff?|bmp|heic|avif)$/i

interface Entries {
  readonly folders: readonly string[]
  readonly pictures: readonly string[]
  readonly others: readonly string[]
}

// By code points, as Python's sorted: a class has the same place on every machine.
const sorted = (names: readonly string[]): readonly string[] => [...names].sort((a, b) => (a < b ? -1 : 1))

/** What a folder holds; hidden things are not looked at. */
const entriesOf = async (folder: string): Promise<Entries> => {
  const all = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !name.startsWith('.'))
  const files = sorted(all.filter((entry) => !entry.isDirectory()).map(({ name }) => name))
  return {
    folders: sorted(all.filter((entry) => entry.isDirectory()).map(({ name }) => name)),
    pictures: files.filter((name) => PICTURE.test(name)),
    others: files.filter((name) => !PICTURE.test(name)),
  }
}

const some = (names: readonly string[]): string =>
  `${names
    .slice(0, 4)
    .map((name) => quoted(name))
    .join(', ')}${names.length > 4 ? ', …' : ''}`

/** What is wrong with a class's folder. */
const classFault = (folder: string, { folders, pictures }: Entries): string | undefined => {
  if (pictures.length > 0) {
    return folders.length === 0
      ? undefined
      : `${folder}: beside pictures it holds folders, ${some(folders)}; move their pictures up, or the folders away`
  }
  return folders.length === 0
    ? `${folder}: it holds no picture (PNG or JPEG); put some into it, or remove the folder`
    : `${folder}: it holds no pictures but folders, ${some(folders)}; if these are the classes, give ${folder} alone`
}

const rootFault = (root: string, { folders, pictures }: Entries): string | undefined => {
  if (folders.length === 0) {
    return pictures.length === 0
      ? `${root}: the folder is empty; give one that holds a folder of pictures for each class`
      : `${root}: it holds pictures, but a folder for each class is expected; move the pictures into folders named after their classes`
  }
  return pictures.length === 0
    ? undefined
    : `${root}: beside the folders of the classes there are pictures, e.g. ${quoted(pictures[0] as string)}; move them into a class's folder, or away`
}

const unknownClass = (root: string, folders: readonly string[], known: readonly string[]): string | undefined => {
  const unknown = folders.find((name) => !known.includes(name))
  if (unknown === undefined) return undefined
  const near = nearest(unknown, known)
  return `${join(root, unknown)}: there is no class ${quoted(unknown)} in classNames; ${near === undefined ? `known are ${some(known)}` : `did you mean ${quoted(near)}?`}`
}

/**
 * The pictures of a folder that holds one folder a class, in order of class and name
 *
 * @param known  the classes in their order; those of the folder by name unless given
 * @throws       DataError for a folder that is not of this form
 */
export const imageFolder = async (root: string, known?: readonly string[]): Promise<PictureFolder> => {
  const top = await entriesOf(root)
  const fault = rootFault(root, top) ?? unknownClass(root, top.folders, known ?? top.folders)
  if (fault !== undefined) throw new DataError(fault)
  const classNames = known ?? top.folders
  const files: PictureFile[] = []
  const skipped = top.others.map((name) => join(root, name))
  for (const [label, name] of classNames.entries()) {
    if (!top.folders.includes(name)) continue
    const folder = join(root, name)
    const entries = await entriesOf(folder)
    const wrong = classFault(folder, entries)
    if (wrong !== undefined) throw new DataError(wrong)
    for (const file of entries.pictures) files.push({ path: join(folder, file), label })
    for (const file of entries.others) skipped.push(join(folder, file))
  }
  return { classNames, files, skipped }
}
