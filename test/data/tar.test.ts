import { createTar } from 'nanotar'
import { describe, expect, it } from 'vitest'
import { tarFiles } from '../../src/data/files/tar.ts'
import { message, noise, right } from './support.ts'

const taken = (bytes: Uint8Array, wanted: (name: string) => boolean = () => true) => tarFiles('a.tar', bytes, wanted)
const refused = (bytes: Uint8Array): string => message(taken(bytes))

/** Writes a field of the header at a place, and the header's sum if that is asked for. */
const changed = (archive: Uint8Array, at: number, from: number, text: string, repair = true): Uint8Array => {
  const copy = Buffer.from(archive)
  copy.write(text, at + from, 'latin1')
  if (repair) {
    copy.write('        ', at + 148)
    const sum = copy.subarray(at, at + 512).reduce((a, b) => a + b, 0)
    copy.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148)
  }
  return copy
}

const named = (...names: readonly string[]): Uint8Array => createTar(names.map((name) => ({ name, data: name })))
const two = createTar([
  { name: 'folder/', attrs: {} },
  { name: 'folder/a', data: noise(700) },
  { name: 'b', data: 'bee' },
])

describe('tarFiles', () => {
  it('gives the wanted files by the last part of their paths', () => {
    const files = right(taken(two))
    expect([...files.keys()]).toEqual(['a', 'b'])
    expect(files.get('a')).toEqual(noise(700))
    expect([...right(taken(two, (name) => name === 'b')).keys()]).toEqual(['b'])
  })

  it('reads bytes that begin somewhere in a larger buffer, and an archive without an end', () => {
    const larger = new Uint8Array(two.length + 7)
    larger.set(two, 7)
    expect(Buffer.from(right(taken(larger.subarray(7))).get('b') ?? []).toString()).toBe('bee')
    expect([...right(taken(two.slice(0, 3 * 512 + 1024 + 3))).keys()]).toEqual(['a', 'b'])
  })

  it('takes no link for a file', () => {
    expect([...right(taken(changed(named('a'), 0, 156, '2'))).keys()]).toEqual([])
  })

  it.each(['../a', 'x/../../a', '/etc/a', 'x/..', '..\\a', 'C:\\a', 'c:a'])('refuses the path %s', (path) => {
    const said = `a.tar: it holds the path ${JSON.stringify(path)}, which leads out of its folder`
    expect(refused(named('good', path))).toBe(`${said}: the archive is hostile, nothing is read`)
    expect(message(taken(named('good', path), (name) => name === 'good'))).toContain(said)
  })

  it('refuses such a path in a prefix, a long name and an extended header', () => {
    expect(refused(changed(named('a'), 0, 345, '../x'))).toContain('the path "../x/a", which leads out')
    // GNU's headers hold times there.
    expect([...right(taken(changed(changed(named('a'), 0, 345, '../x'), 0, 257, 'ustar  '))).keys()]).toEqual(['a'])
    const long = createTar([
      { name: '././@LongLink', data: 'x/../../a\0' },
      { name: 'a', data: 'a' },
    ])
    expect(refused(changed(long, 0, 156, 'L'))).toContain('the path "x/../../a", which leads out')
    for (const type of ['x', 'g']) {
      const pax = createTar([
        { name: 'pax', data: '20 mtime=1.5\n18 path=../../a b\n' },
        { name: 'a', data: 'a' },
      ])
      expect(refused(changed(pax, 0, 156, type))).toContain('the path "../../a b", which leads out')
    }
  })

  it('keeps a message in one line whatever a path holds', () => {
    expect(refused(named('../a\nb'))).toContain('"../a\\nb"')
  })

  it('takes names with dots that do not climb', () => {
    expect([...right(taken(named('./a', 'x/..b', '...'))).keys()]).toEqual(['a', '..b', '...'])
  })

  it('refuses an archive that is cut in a file or a header, and a size beyond the end', () => {
    expect(refused(two.slice(0, 1024 + 100))).toBe(
      'a.tar: "folder/a" has 700 bytes by its tar header, but 100 follow it: the archive is truncated; get it again',
    )
    expect(refused(changed(two, 512, 124, '77777777777\0'))).toContain('has 8589934591 bytes by its tar header, but ')
  })

  it('refuses a size that is no number, among them a negative one, at which a parser might never end', () => {
    for (const size of ['-0000001000', '0x000000010', '\x80\0\0\0\0\0\0\0\0\0\x02', '           ']) {
      expect(refused(changed(two, 512, 124, `${size}\0`))).toBe(
        'a.tar: the tar header at byte 512 is damaged; delete the archive and get it again',
      )
    }
  })

  it('refuses a header of which any byte is changed', () => {
    const archive = named('a', 'b')
    const end = archive.indexOf(0, 1024 + 148) - 1024
    for (let i = 0; i < 512; i++) {
      // What comes behind the sum in its field does not count.
      if (i > end && i < 156) continue
      const copy = Uint8Array.from(archive)
      copy[1024 + i] = (copy[1024 + i] as number) ^ 0x55
      expect(refused(copy), `byte ${i}`).toContain('the tar header at byte 1024 is damaged')
    }
  })

  // Found by fuzzing: nanotar took minutes and gigabytes for such an archive of a few megabytes.
  it('refuses long global headers, which would be copied to each file', () => {
    const lines = (count: number) => Array.from({ length: count }, (_, i) => `12 k${i}=v\n`).join('')
    const global = (count: number) =>
      changed(createTar([{ name: 'g', data: lines(count) }]).slice(0, 1024), 0, 156, 'g')
    const some = global(50)
    expect([...right(taken(Buffer.concat([some, named('a')]))).keys()]).toEqual(['a'])
    expect(refused(Buffer.concat([some, some, named('a')]))).toBe(
      'a.tar: its global headers hold more than 512 bytes, 880 up to byte 1024; is it the right file?',
    )
  })

  it('refuses what is no archive', () => {
    const said = 'a.tar: this is no tar archive, packed by gzip or not; is it the right file?'
    expect(refused(noise(5000))).toBe(said)
    expect(refused(new Uint8Array(1024))).toBe(said)
    expect(refused(noise(100))).toBe('a.tar: a tar archive has at least 512 bytes, but this has 100; get it again')
    expect(refused(new Uint8Array())).toContain('has 0')
  })
})
