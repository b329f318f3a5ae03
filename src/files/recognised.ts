/** The beginning of a file as text, one character a byte. */
const startOf = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 512))

type Sign = (start: string) => boolean

const begins =
  (...signs: readonly string[]): Sign =>
  (start) =>
    signs.some((sign) => start.startsWith(sign))

const has =
  (sign: string, at: number): Sign =>
  (start) =>
    start.startsWith(sign, at)

const matches =
  (pattern: RegExp): Sign =>
  (start) =>
    pattern.test(start)

const both =
  (a: Sign, b: Sign): Sign =>
  (start) =>
    a(start) && b(start)

/** As the magic number of IDX is: two zeros, a type, a number of axes. */
const isIdx: Sign = (start) =>
  /^[1-8]$/.test(String(start.charCodeAt(3))) &&
  [8, 9, 11, 12, 13, 14].some((type) => start.startsWith(`\0\0${String.fromCharCode(type)}`))

const ZIP = begins('PK\x03\x04', 'PK\x05\x06')
const picture = (kind: string): string => `a ${kind} picture; convert it to PNG, e.g. magick picture picture.png`
const inPython = (what: string, how: string): string => `${what}; in Python, ${how} writes one that can be read`

const SPREADSHEET = 'a spreadsheet or another document of an office; save the table as CSV (UTF-8)'
const PYTORCH = inPython('a file of PyTorch', "safetensors.torch.save_file(model.state_dict(), 'weights.safetensors')")

/** Kinds of files by how they begin; what comes first counts. */
const kinds: readonly (readonly [sign: Sign, what: string])[] = [
  [begins('version https://git-lfs.'), 'a Git LFS pointer, not the file that it stands for; run git lfs pull'],
  [
    matches(/^[./]*(?:git)?\/?annex\/objects\//),
    'a git-annex pointer, not the file that it stands for; run git annex get',
  ],
  [
    matches(/^(?:ï»¿)?\s*</),
    "a web page or XML, as it begins with '<', perhaps a mirror's error page; delete it and get the file again",
  ],
  [begins('\x1f\x8b'), 'packed by gzip; unpack it, e.g. with gunzip'],
  [begins('BZh'), 'packed by bzip2; unpack it, e.g. with bunzip2'],
  [begins('\xfd7zXZ'), 'packed by xz; unpack it, e.g. with unxz'],
  [begins('\x28\xb5\x2f\xfd'), 'packed by zstd; unpack it, e.g. with unzstd'],
  [begins('7z\xbc\xaf', 'Rar!'), 'an archive; unpack it'],
  [has('ustar', 257), 'a tar archive; unpack it'],
  [both(ZIP, matches(/\/(?:data\.pkl|version|byteorder|\.format_version)/)), PYTORCH],
  [both(ZIP, matches(/(?:\[Content_Types\]\.xml|_rels\/|docProps\/|xl\/)/)), SPREADSHEET],
  [both(ZIP, matches(/mimetypeapplication\/vnd\.oasis\.opendocument/)), SPREADSHEET],
  [both(ZIP, matches(/\.npy/)), 'an .npz archive of NumPy, which loadNpz of cachegrad/formats reads'],
  [ZIP, 'a zip archive; unpack it'],
  [begins('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'), SPREADSHEET],
  [begins('PAR1'), inPython('a Parquet file', "pandas.read_parquet(path).to_csv('table.csv', index=False)")],
  [
    begins('ARROW1', 'FEA1'),
    inPython('an Arrow or Feather file', "pandas.read_feather(path).to_csv('table.csv', index=False)"),
  ],
  [begins('MATLAB 5.0'), inPython('a file of MATLAB', "numpy.savez('arrays.npz', **scipy.io.loadmat(path))")],
  [begins('SQLite format 3'), 'a database of SQLite; export the table as CSV'],
  [begins('\x93NUMPY'), 'an array of NumPy, which loadNpy of cachegrad/formats reads'],
  [isIdx, 'an IDX file, which readIdx of cachegrad/data reads'],
  [begins('\x89HDF'), inPython('an HDF5 file, e.g. of Keras', "numpy.savez('weights.npz', …)")],
  [begins('\x89PNG'), 'a PNG picture'],
  [begins('\xff\xd8\xff'), picture('JPEG')],
  [begins('GIF8'), picture('GIF')],
  [both(begins('RIFF'), has('WEBP', 8)), picture('WebP')],
  [begins('II*\0', 'MM\0*'), picture('TIFF')],
  [both(begins('BM'), has('\0\0\0\0', 6)), picture('BMP')],
  [begins('%PDF'), 'a PDF document'],
  [has('{"', 8), 'a safetensors file, which loadSafetensors and loadNet of cachegrad/formats read'],
  [begins('\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19'), PYTORCH],
  [
    begins('\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'),
    inPython('a pickle of Python', "numpy.savez('arrays.npz', …)"),
  ],
  [matches(/^[\s!-~]{16}/), 'a text'],
]

/**
 * What a file is that is not what was wanted, by its first bytes, with the remedy
 *
 * @returns  e.g. 'a Git LFS pointer, not the file that it stands for; run git lfs pull'; undefined where that cannot be told
 */
export const recognised = (bytes: Uint8Array): string | undefined => {
  if (bytes.length === 0) return 'empty; get it again'
  const start = startOf(bytes)
  return kinds.find(([sign]) => sign(start))?.[1]
}
