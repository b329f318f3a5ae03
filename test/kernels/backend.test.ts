import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, describe, expect, test } from 'vitest'
import { OptionError } from '../../src/errors/index.ts'
import { type BackendName, backend, useBackend } from '../../src/kernels/index.ts'

const before = backend().name
afterAll(() => {
  useBackend(before)
})

describe('useBackend', () => {
  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '2' as unknown as number])('refuses %s threads', (n) => {
    useBackend('js')
    expect(useBackend('wasm-strict', n)).toEqual(
      E.left(
        new OptionError(
          `useBackend: threads must be an integer ≥ 1, but got ${typeof n === 'string' ? `'${n}'` : String(n)}`,
        ),
      ),
    )
    expect(backend().name).toBe('js')
  })

  test.each(['cuda', 'WASM', '', undefined])('refuses the name %s', (name) => {
    useBackend('js')
    expect(useBackend(name as BackendName)).toEqual(
      E.left(
        new OptionError(
          `useBackend: name is one of js, wasm-strict, wasm, blas, but got ${name === undefined ? 'undefined' : `'${name}'`}`,
        ),
      ),
    )
    expect(backend().name).toBe('js')
  })

  test('says what is in use', () => {
    expect(useBackend('wasm-strict', 3)).toEqual(
      E.right({ name: 'wasm-strict', description: 'wasm (SIMD, up to 3 threads)' }),
    )
    expect(useBackend('wasm-strict', 1)).toEqual(E.right({ name: 'wasm-strict', description: 'wasm (SIMD)' }))
    expect(useBackend('wasm-strict', 1000)).toEqual(
      E.right({ name: 'wasm-strict', description: 'wasm (SIMD, up to 64 threads)' }),
    )
  })
})

/** What a program that only asks for the backend prints. */
const backendWith = (variables: Readonly<Record<string, string>>): string => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...['--import', 'tsx', '--input-type=module', '-e'],
      "import { backend } from './src/kernels/index.ts'\n" +
        'try { console.log(backend().description) } catch (reason) { console.log(reason.message) }',
    ],
    { cwd: join(import.meta.dirname, '../..'), env: { ...process.env, ...variables }, encoding: 'utf8' },
  )
  return stdout.trim() || stderr
}

describe('variables of the environment', () => {
  test.each(['abc', '0'])('CACHEGRAD_THREADS=%s is told', (threads) => {
    expect(backendWith({ CACHEGRAD_THREADS: threads })).toBe(
      `the variable CACHEGRAD_THREADS must be an integer ≥ 1, but got ${threads}`,
    )
  })

  test('CACHEGRAD_THREADS and CACHEGRAD_BACKEND choose', () => {
    expect(backendWith({ CACHEGRAD_BACKEND: 'wasm-strict', CACHEGRAD_THREADS: '3' })).toBe(
      'wasm (SIMD, up to 3 threads)',
    )
  })

  test('CACHEGRAD_BACKEND=cuda is told', () => {
    expect(backendWith({ CACHEGRAD_BACKEND: 'cuda' })).toBe(
      "the variable CACHEGRAD_BACKEND is one of js, wasm-strict, wasm, blas, but got 'cuda'",
    )
  })
})
