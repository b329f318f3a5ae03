import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { orThrow } from '../../src/errors/index.ts'
import { type Input, saveNet } from '../../src/formats/index.ts'
import { fullyConnectedNet } from '../../src/models/index.ts'
import { tensor } from '../../src/tensor/index.ts'
import { png } from '../formats/png.ts'

const root = join(import.meta.dirname, '..', '..')
const fixtures = join(root, 'test', 'formats', 'fixtures')
const folder = mkdtempSync(join(tmpdir(), 'cachegrad-predict-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('experiments/predict.ts', { timeout: 60_000 }, () => {
  const [model, bare, rows] = ['net', 'bare', 'rows'].map((name) => join(folder, name)) as [string, string, string]
  const picture = join(folder, 'picture.png')
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'experiments/predict.ts', ...args], { cwd: root, encoding: 'utf8' })

  beforeAll(async () => {
    // Scores are the four pixels, divided by 100.
    const net = orThrow(fullyConnectedNet({ inputDim: 4, hiddenDims: [], numClasses: 4 }))
    const identity = tensor([4, 4], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])
    const weights = { params: { W1: identity, b1: tensor([4], [0, 0, 0, 0]) }, state: {} }
    const input: Input = {
      type: 'bytes',
      shape: [1, 2, 2],
      mean: new Float32Array(4),
      scale: new Float32Array(4).fill(0.01),
    }
    const classNames = ['top left', 'top right', 'bottom left', 'bottom\u001b[2J']
    orThrow(await saveNet(model, { model: net, weights, input, classNames })())
    orThrow(await saveNet(bare, { model: net, weights })())
    writeFileSync(rows, new Uint8Array([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 200]))
    writeFileSync(picture, png(2, 2, new Uint8Array([0, 0, 100, 0, 200, 0])))
  })

  test('the most probable classes of each image', () => {
    const { stdout, stderr, status } = run('--model', model, '--row', '1', picture, rows)
    expect(stderr).toBe('')
    // exp(0), exp(1), exp(2), exp(0) over their sum; and three times exp(0) beside exp(2).
    expect(stdout.split('\n')).toEqual([
      picture,
      '  bottom left  0.6103',
      '  top right    0.2245',
      '  top left     0.0826',
      rows,
      '  bottom·[2J   0.7112',
      '  top left     0.0963',
      '  top right    0.0963',
      '',
    ])
    expect(status).toBe(0)
  })

  test('a picture of another size is resized, and that is said', () => {
    const { stdout, stderr, status } = run('--model', model, join(fixtures, 'picture-grey.png'))
    expect(stderr).toMatch(/^note: .*picture-grey.png has 5×4 pixels, and is resized to the 2×2 that the net takes\n$/)
    expect([stdout.trimEnd().split('\n').length, status]).toEqual([4, 0])
  })

  test('all classes', () => {
    expect(run('--model', model, '--all', picture).stdout.trimEnd().split('\n')).toHaveLength(5)
  })

  test.each<readonly [readonly string[], RegExp]>([
    [['--model', model], /missing required argument 'files'/],
    [[picture], /required option '--model <file>' not specified/],
    [['--model', join(folder, 'none'), picture], /none: there is no such file \(ENOENT\)/],
    [['--model', picture, picture], /picture.png: a safetensors file is expected, but this is a PNG picture/],
    [['--model', bare, picture], /the net does not say how bytes are preprocessed/],
    [['--model', model, folder], /this is no file but a folder or a device/],
    [['--model', model, '--row', '2', rows], /--row 2 is not in .*rows, which has 2 rows, from 0/],
    [['--model', model, '--row', '-1', rows], /--row <n>' argument '-1' is invalid. it must be an integer ≥ 0/],
  ])('%j is one line and a non-zero exit', (args, message) => {
    const { stderr, status } = run(...args)
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(status).not.toBe(0)
  })
})
