// What readers and writers of zip archives share: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT

/** How a file's own header begins. */
export const LOCAL = 0x04034b50
/** How an entry of the directory begins. */
export const CENTRAL = 0x02014b50
/** How the record at the end begins, which tells where the directory is. */
export const END = 0x06054b50

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Whether a program that unpacks the archive could be led out of its folder. */
export const leavesFolder = (name: string): boolean =>
  /^[/\\]|^[A-Za-z]:|[\\\0]/.test(name) || name.split('/').some((part) => part === '..' || part === '.')
