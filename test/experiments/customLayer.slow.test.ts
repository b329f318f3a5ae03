import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import * as ort from 'onnxruntime-web'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { strokes } from '../../src/data/index.ts'
import { orThrow } from '../../src/errors/index.ts'
import { decode, sliceRows } from '../../src/tensor/index.ts'
import { run } from './scripts.ts'

ort.env.wasm.numThreads = 1

const root = join(import.meta.dirname, '..', '..')

describe('a net with a layer of one’s own', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-swish-'))
  const file = (name: string): string => join(folder, name)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const certainty = (printed: string): number => Number(/^P\(the first digit is a \d\) = (.*)$/m.exec(printed)?.[1])
  let trained: string

  beforeAll(async () => {
    const outputs = ['--save', file('net'), '--onnx', file('onnx'), '--report', file('page.html')]
    trained = await run('custom-layer', ...outputs)
  }, 120_000)

  test('is under 70 lines', () => {
    expect(readFileSync(join(root, 'experiments', 'custom-layer.ts'), 'utf8').split('\n').length).toBeLessThan(70)
  })

  test('predicts the same bits in another process', async () => {
    expect(certainty(trained)).toBeGreaterThan(0.5)
    expect(certainty(await run('custom-layer', '--load', file('net')))).toBe(certainty(trained))
  })

  test('gives the same in onnxruntime', async () => {
    const { test: digits } = orThrow(strokes())
    const x = decode(sliceRows(digits.x, 0, 1))
    const session = await ort.InferenceSession.create(file('onnx'), { executionProviders: ['wasm'] })
    const { probabilities } = await session.run({ x: new ort.Tensor('float32', x.data as Float32Array, [1, 784]) })
    await session.release()
    expect(probabilities?.data[digits.y[0] as number]).toBeCloseTo(certainty(trained), 5)
  })

  test('has a page with the sections and figures of a fully connected net', async () => {
    await run('quickstart', '--report', file('mlp.html'))
    const idsIn = (page: string): string[] =>
      [...readFileSync(page, 'utf8').matchAll(/<(?:section|figure|div) id="([^"]+)"/g)].map(
        (match) => match[1] as string,
      )
    // Without validation data.
    expect(idsIn(file('page.html'))).toEqual(idsIn(file('mlp.html')))
    expect(idsIn(file('page.html'))).toEqual(expect.arrayContaining(['learning', 'inside', 'parts', 'distributions']))
  })

  test('killed in the middle, it ends bit for bit as if nothing had been', async () => {
    const checkpoints = file('run')
    const args = ['--import', 'tsx', 'experiments/custom-layer.ts', '--checkpoint', checkpoints, '--every', '40']
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'ignore' })
    const ended = once(child, 'exit')
    for (let waited = 0; waited < 60_000; waited += 20) {
      if (existsSync(checkpoints) && readdirSync(checkpoints).some((name) => /^step-0*(80|1\d\d)\./.test(name))) break
      await pause(20)
    }
    child.kill('SIGKILL')
    await ended
    expect(readdirSync(checkpoints).some((name) => /^step-0*600\./.test(name))).toBe(false)
    expect(certainty(await run('custom-layer', '--checkpoint', checkpoints, '--resume'))).toBe(certainty(trained))
  })
})
