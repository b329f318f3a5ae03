import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { recognised } from '../../src/files/index.ts'
import { decodeSafetensors } from '../../src/formats/index.ts'
import { faultOf, fixture } from '../formats/support.ts'
import { zipFile } from '../fuzz/zipFile.ts'

const latin = (text: string): Uint8Array => Buffer.from(text, 'latin1')

/** An archive as programs of an office write it: what comes first tells what it is. */
const office = (name: string, text: string, method: 0 | 8): Uint8Array => {
  const content = method === 0 ? Buffer.from(text) : deflateRawSync(text)
  return zipFile([{ name, content, method }])
}

describe('what a file is instead', () => {
  test.each([
    ['an Excel file', office('[Content_Types].xml', '<Types/>', 8), 'save the table as CSV (UTF-8)'],
    [
      'one of LibreOffice',
      office('mimetype', 'application/vnd.oasis.opendocument.spreadsheet', 0),
      'save the table as CSV',
    ],
    ['one of Excel before 2007', latin('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'.padEnd(64, '\0')), 'save the table as CSV'],
    ['Parquet', latin('PAR1\x15\x04'), 'pandas.read_parquet(path).to_csv('],
    ['Feather', latin('ARROW1\0\0'), 'pandas.read_feather(path).to_csv('],
    ['MATLAB', latin('MATLAB 5.0 MAT-file, Platform: GLNXA64'), 'scipy.io.loadmat(path)'],
    ['SQLite', latin('SQLite format 3\0'), 'export the table as CSV'],
    ['a .pt', fixture('torch-zip.pt'), 'safetensors.torch.save_file(model.state_dict()'],
    ['a .pt of before PyTorch 1.6', fixture('torch-legacy.pt'), 'safetensors.torch.save_file(model.state_dict()'],
    ['another pickle', latin('\x80\x04\x95'), 'a pickle of Python'],
    ['an .npz archive', fixture('stored.npz'), 'which loadNpz of cachegrad/formats reads'],
    ['another archive', office('a.csv', 'a,b', 8), 'a zip archive; unpack it'],
  ])('%s', (_, bytes, expected) => {
    expect(recognised(bytes)).toContain(expected)
  })

  test('a .pt in the place of a safetensors file, in one line', () => {
    for (const name of ['torch-zip.pt', 'torch-legacy.pt']) {
      expect(faultOf(decodeSafetensors(name, fixture(name)))).toBe(
        `${name}: a safetensors file is expected, but this is a file of PyTorch; in Python, ` +
          "safetensors.torch.save_file(model.state_dict(), 'weights.safetensors') writes one that can be read",
      )
    }
  })
})
