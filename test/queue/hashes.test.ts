import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { codeHash } from '../../src/queue/wire/codeHash.ts'
import { dataHash } from '../../src/queue/wire/dataHash.ts'
import { parseJobSpec, tokenOf } from '../../src/queue/wire/jobSpec.ts'
import { parseMessage } from '../../src/queue/wire/messages.ts'
import { trialFolder } from '../../src/queue/worker/attemptFolder.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cachegrad-hashes-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

describe('codeHash', () => {
  const hash = (): string => codeHash(pathToFileURL(join(folder, 'src/study.ts')).href)
  beforeEach(() => {
    write(
      'src/study.ts',
      `import { f } from './f.ts'\nimport { pipe } from 'lib/pipe'\nconst kernel = new URL('../k.wat', import.meta.url)`,
    )
    write('src/f.ts', `export * from './g.js'\nexport * from './h'\nconst journal = './study.jsonl'`)
    write('src/g.ts', 'export const f = 1')
    write('k.wat', '(module)')
    write('src/h/index.ts', 'export const h = 1')
    write('node_modules/lib/package.json', '{"version":"1.0.0"}')
  })

  test.each([
    ['the module', 'src/study.ts', `import { f } from './f.ts'`],
    ['what it imports imports', 'src/g.ts', 'export const f = 2'],
    ['what a path without its ending stands for', 'src/h/index.ts', 'export const h = 2'],
    ['a file that is no module', 'k.wat', '(module )'],
    ['the version of a package', 'node_modules/lib/package.json', '{"version":"1.0.1"}'],
  ])('changes with %s', (_, path, text) => {
    const before = hash()
    write(path, text)
    expect(hash()).not.toBe(before)
  })

  test('does not change with other files, line breaks or the place of the checkout', () => {
    write('src/g.ts', 'export const f = 1\n// end')
    const before = hash()
    write('src/other.ts', '1')
    write('src/study.jsonl', '{}')
    write('src/g.ts', 'export const f = 1\r\n// end')
    expect(hash()).toBe(before)
  })
})

describe('dataHash', () => {
  test.each([
    [{ x: Float32Array.of(1, 2) }, { x: Float32Array.of(1, 3) }],
    [{ x: Float32Array.of(1) }, { x: Float64Array.of(1) }],
    [
      ['ab', 'c'],
      ['a', 'bc'],
    ],
    [{ x: [1, 2] }, { x: [1], y: 2 }],
    [1, '1'],
    [undefined, null],
  ])('tells %o from %o', (a, b) => expect(dataHash(a)).not.toBe(dataHash(b)))

  test('shared memory has the same hash', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(3))
    shared.set([1, 2, 3])
    expect(dataHash(shared)).toBe(dataHash(Uint8Array.of(1, 2, 3)))
  })

  test('reads the part of a buffer that an array shows, and fields in any order', () => {
    const part = new Float32Array(Float32Array.of(9, 1, 2).buffer, 4)
    expect(dataHash({ a: part, b: 1 })).toBe(dataHash({ b: 1, a: Float32Array.of(1, 2) }))
  })
})

describe('what comes over the network', () => {
  const bare = {
    session: 's',
    number: 3,
    params: { x: 0.5, kind: 'a' },
    seed: 1,
    attempt: 2,
    sees: 0,
    code: 'c',
    data: 'd',
  }
  const spec = { ...bare, token: tokenOf(bare) }

  test('is a spec, or is not', () => {
    expect(parseJobSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec)
    const wrong = [
      null,
      'text',
      {},
      { ...spec, number: -1 },
      { ...spec, number: '../3' },
      { ...spec, params: { x: {} } },
    ]
    expect([...wrong, { ...spec, params: { x: 0.6 } }].map(parseJobSpec)).toEqual(Array(7).fill(undefined))
  })

  test('is an answer, or is not', () => {
    const of = { session: 's', number: 3, token: 't' }
    const outcome = { state: 'complete', value: 1, reported: [], notes: {} }
    const right = [
      { _tag: 'Ended', ...of, outcome, worker: 'w' },
      { _tag: 'Reported', ...of, step: 1, value: 0.5 },
      { _tag: 'Told', message: 'm' },
      { _tag: 'Joined', name: 'w', workers: 2, controller: 'c' },
    ]
    expect(right.map((answer) => parseMessage(JSON.stringify(answer)))).toEqual(right)
    const wrong = [
      { _tag: 'Ended', ...of, outcome: { ...outcome, value: undefined }, worker: 'w' },
      { _tag: 'Ended', ...of, outcome: { ...outcome, state: 'running' }, worker: 'w' },
      { _tag: 'Ended', ...of, outcome: { ...outcome, reported: [{ step: 0 }] }, worker: 'w' },
      { _tag: 'Ended', ...of, outcome: { ...outcome, reason: 3 }, worker: 'w' },
      { _tag: 'Ended', ...of, outcome },
      { _tag: 'Reported', ...of, step: 1.5, value: 0.5 },
      { _tag: 'Ended', outcome, worker: 'w' },
      { _tag: 'Other', ...of },
    ]
    expect(wrong.map((answer) => parseMessage(JSON.stringify(answer)))).toEqual(Array(8).fill(undefined))
    const steers = { _tag: 'Told', message: 'a\u001b[2Jb\nc' }
    expect(parseMessage(JSON.stringify(steers))).toEqual({ _tag: 'Told', message: 'a [2Jb c' })
    const lost = { _tag: 'Lost', ...of, reason: 'a\u001b[2J\n  at b', worker: 'w\n' }
    expect(parseMessage(JSON.stringify(lost))).toEqual({ ...lost, reason: 'a [2J\n  at b', worker: 'w ' })
    expect([parseMessage('{'), parseMessage(undefined)]).toEqual([undefined, undefined])
  })
})

test('each attempt has a folder of its own, with what the last one left', () => {
  const first = trialFolder(folder, 7, 1)
  mkdirSync(first.path)
  writeFileSync(join(first.path, 'weights'), '1')
  writeFileSync(`${first.path}.jsonl`, '["reported",0,1]')
  const third = trialFolder(folder, 7, 3)
  // One that was given up goes on writing, which the later one does not see.
  writeFileSync(join(first.path, 'late'), '2')
  expect(readdirSync(third.path)).toEqual(['weights'])
  expect(readdirSync(join(folder, 'trial-7')).sort()).toEqual([
    'attempt-1',
    'attempt-1.jsonl',
    'attempt-3',
    'attempt-3.jsonl',
  ])
  third.remove()
  expect(readdirSync(folder)).toEqual([])
})
