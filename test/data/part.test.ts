import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { download, sha256 } from '../../src/data/files/download.ts'
import { newFolder, noise, serve } from './support.ts'

// As on a disk that has become read-only, or in a folder whose files may only be added.
beforeAll(() => {
  vi.spyOn(promises, 'rm').mockRejectedValue(Object.assign(new Error(), { code: 'EROFS' }))
  syncBuiltinESMExports()
})
afterAll(() => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
})

const whole = noise(2 ** 21)
const file = { name: 'a.gz', sha256: sha256(whole) }

let requests = 0
const give = (content: Uint8Array) =>
  serve((request, response) => {
    requests++
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const range = { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }
    response.writeHead(from > 0 ? 206 : 200, from > 0 ? range : {}).end(content.subarray(from))
  })

const fetched = async (mirror: string, part: Uint8Array) => {
  const folder = newFolder()
  writeFileSync(join(folder, '.a.gz.part'), part)
  const options = { timeout: 5_000, onProgress: () => {}, folder }
  return { folder, result: await download(mirror, file, options)() }
}

beforeEach(() => {
  requests = 0
})

it('a part of other bytes that cannot be removed is left alone, and all is fetched once', async () => {
  const other = noise(2 ** 20).fill(0, 0, 9)
  const { folder, result } = await fetched(await give(whole), other)
  expect('right' in result && sha256(result.right)).toBe(file.sha256)
  expect(requests).toBe(2)
  expect(existsSync(join(folder, '.a.gz.part'))).toBe(true)
})

it('and when what comes is wrong too, that is told, not tried for ever', async () => {
  const { folder, result } = await fetched(await give(noise(2 ** 21).fill(0)), whole.subarray(0, 2 ** 20))
  expect(result).toMatchObject({ left: expect.stringContaining('bytes came whose sha256 is') })
  expect(requests).toBe(2)
  expect(readFileSync(join(folder, '.a.gz.part')).length).toBeGreaterThan(0)
})
