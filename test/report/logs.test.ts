import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { twoLayerNet } from '../../src/models/index.ts'
import { jsonlLog, type Log, ReportError, tensorboardLog } from '../../src/report/index.ts'
import { crc32c, maskedCrc32c } from '../../src/report/logs/crc32c.ts'
import { jsonLine } from '../../src/report/logs/jsonl.ts'
import { type Event, type Step, train } from '../../src/solver/index.ts'
import { newFolder } from '../data/support.ts'
import { leftMessage, random, right } from '../support.ts'
import { type Place, withFile, withoutRoot } from '../where.ts'

const x = random(1, [40, 5], 'float32')
const y = Array.from({ length: 40 }, (_, i) => i % 3)
const model = right(twoLayerNet({ inputDim: 5, hiddenDim: 4, numClasses: 3 }))
const data = { xTrain: x, yTrain: y, xVal: x, yVal: y }
const events = [...right(train(model, data, { batchSize: 10, numEpochs: 3 }))]

const feed = (log: Log, some: readonly Event[] = events) => {
  for (const event of some) log.see(event)
  return log.close()
}

const stepWith = (numbers: Partial<Step>): Step => ({
  _tag: 'Step',
  step: 1,
  totalSteps: 1,
  epoch: 1,
  loss: 1,
  learningRate: 0.1,
  weights: { params: {}, state: {} },
  run: {} as Step['run'],
  ...numbers,
})

describe('jsonl', () => {
  test('a line an event, each of them JSON', () => {
    const path = join(newFolder(), 'logs', 'run.jsonl')
    expect(feed(jsonlLog(path))).toEqual(E.right(undefined))
    const text = readFileSync(path, 'utf8')
    expect(text.endsWith('\n')).toBe(true)
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ tag }) => tag)).toEqual(events.map(({ _tag }) => _tag))
    const [first, second] = lines
    expect(first).toMatchObject({ tag: 'Epoch', epoch: 0, step: 0, loss: null, notFinite: { loss: 'NaN' } })
    const step = events[1] as Step
    expect(second).toEqual({
      tag: 'Step',
      step: 1,
      epoch: 1,
      loss: step.loss,
      learningRate: step.learningRate,
      time: second.time,
    })
    expect(lines.at(-2)).toMatchObject({
      tag: 'Epoch',
      epoch: 3,
      step: 12,
      trainAcc: expect.any(Number),
      valAcc: expect.any(Number),
      improved: expect.any(Boolean),
    })
    expect(lines.at(-1)).toMatchObject({
      tag: 'Done',
      status: 'finished',
      steps: 12,
      backend: expect.any(String),
      bestEpoch: expect.any(Number),
    })
    const times = lines.map(({ time }) => time as number)
    expect(Math.abs((times[0] as number) - Date.now() / 1000)).toBeLessThan(60)
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  test('what JSON has no word for is null, and named', () => {
    const line = jsonLine(stepWith({ loss: Number.POSITIVE_INFINITY, learningRate: Number.NEGATIVE_INFINITY }), 5)
    expect(JSON.parse(line)).toEqual({
      tag: 'Step',
      step: 1,
      epoch: 1,
      loss: null,
      learningRate: null,
      time: 5,
      notFinite: { loss: 'Infinity', learningRate: '-Infinity' },
    })
  })

  test('is on the disk after each epoch', () => {
    const path = join(newFolder(), 'run.jsonl')
    const log = jsonlLog(path)
    const firstEpoch = events.findIndex((event) => event._tag === 'Epoch' && event.epoch === 1)
    for (const event of events.slice(0, firstEpoch + 1)) log.see(event)
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(firstEpoch + 2)
    log.close()
  })

  test('a long epoch does not wait in memory', () => {
    const path = join(newFolder(), 'run.jsonl')
    const log = jsonlLog(path)
    for (let step = 1; step <= 5000; step++) log.see(stepWith({ step }))
    expect(existsSync(path)).toBe(true)
    log.close()
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(5000)
  })

  test('no event, no file; and closing twice is no fault', () => {
    const path = join(newFolder(), 'run.jsonl')
    const log = jsonlLog(path)
    log.close()
    expect(log.close()).toEqual(E.right(undefined))
    expect(existsSync(path)).toBe(false)
  })

  test('replaces an older log', () => {
    const path = join(newFolder(), 'run.jsonl')
    writeFileSync(path, 'old\n'.repeat(1000))
    feed(jsonlLog(path))
    expect(readFileSync(path, 'utf8')).not.toContain('old')
  })
})

describe('what cannot be written', () => {
  const cases: [string, (folder: string) => string, string, Pick<Place, 'test'>][] = [
    ['a folder', (folder) => folder, 'this is a folder, not a file', { test }],
    [
      'a path through a file',
      (folder) => {
        writeFileSync(join(folder, 'file'), '')
        return join(folder, 'file', 'run.jsonl')
      },
      'a part of the path is a file, not a folder',
      { test },
    ],
    ['a full disk', () => '/dev/full', 'the disk is full', withFile('/dev/full')],
    [
      'a read-only folder',
      (folder) => {
        mkdirSync(join(folder, 'locked'), { mode: 0o555 })
        return join(folder, 'locked', 'run.jsonl')
      },
      'no permission',
      withoutRoot,
    ],
    ['a folder of the kernel', () => '/sys/kernel/run.jsonl', 'no permission', withFile('/sys/kernel')],
  ]

  for (const [name, pathIn, why, place] of cases) {
    place.test(`${name}: one message, and the training goes on`, () => {
      const path = pathIn(newFolder())
      const errors: ReportError[] = []
      const log = jsonlLog(path, { onError: (error) => errors.push(error) })
      const closed = feed(log)
      expect(leftMessage(closed).replace(/\(E\w+\)/, '(code)')).toBe(
        `${path} cannot be written: ${why} (code); give another path`,
      )
      expect(errors).toHaveLength(1)
      expect(errors[0]).toBeInstanceOf(ReportError)
      expect(E.isLeft(log.close())).toBe(true)
    })
  }
})

// ---- an independent reader of event files ----

const maskedBitwise = (data: Uint8Array): number => {
  let crc = 0xffffffff
  for (const byte of data) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  const value = BigInt((crc ^ 0xffffffff) >>> 0)
  return Number(((((value >> 15n) | (value << 17n)) % 2n ** 32n) + 0xa282ead8n) % 2n ** 32n)
}

const recordsOf = (file: Buffer): Buffer[] => {
  const records: Buffer[] = []
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at))
    expect(file.readUInt32LE(at + 8)).toBe(maskedBitwise(file.subarray(at, at + 8)))
    const payload = file.subarray(at + 12, at + 12 + length)
    expect(file.readUInt32LE(at + 12 + length)).toBe(maskedBitwise(payload))
    records.push(payload)
    at += 16 + length
  }
  return records
}

type Field = { readonly number: number; readonly value: number | Buffer }

const fieldsOf = (message: Buffer): Field[] => {
  const fields: Field[] = []
  let at = 0
  const varint = (): number => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(message.readUInt8(at++))
      value |= (byte & 127n) << shift
      if (byte < 128n) return Number(value)
    }
  }
  while (at < message.length) {
    const tag = varint()
    const number = tag >> 3
    const wire = tag & 7
    if (wire === 0) fields.push({ number, value: varint() })
    else if (wire === 1) {
      fields.push({ number, value: message.readDoubleLE(at) })
      at += 8
    } else if (wire === 2) {
      const length = varint()
      fields.push({ number, value: message.subarray(at, at + length) })
      at += length
    } else if (wire === 5) {
      fields.push({ number, value: message.readFloatLE(at) })
      at += 4
    } else throw new Error(`wire type ${wire}`)
  }
  return fields
}

const only = (fields: readonly Field[], number: number): number | Buffer | undefined =>
  fields.find((f) => f.number === number)?.value

const eventOf = (payload: Buffer) => {
  const fields = fieldsOf(payload)
  const summary = only(fields, 5)
  const values = Buffer.isBuffer(summary) ? fieldsOf(summary).map(({ value }) => fieldsOf(value as Buffer)) : []
  return {
    time: only(fields, 1) as number,
    step: only(fields, 2) as number | undefined,
    version: only(fields, 3)?.toString(),
    scalars: Object.fromEntries(values.map((value) => [String(only(value, 1)), only(value, 2) as number])),
  }
}

describe('tensorboard', () => {
  test('crc32c: the check value, and those of RFC 3720, B.4', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa)
    expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43)
    expect(crc32c(Buffer.from(Array.from({ length: 32 }, (_, i) => i)))).toBe(0x46dd794e)
    expect(crc32c(Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i)))).toBe(0x113fdb5c)
    for (const text of ['', 'a', '123456789'])
      expect(maskedCrc32c(Buffer.from(text))).toBe(maskedBitwise(Buffer.from(text)))
  })

  test('the first record of a file, byte by byte', () => {
    // The lengths' checksums are in every event file that begins with a time and brain.Event:2: 24 bytes.
    const folder = newFolder()
    feed(tensorboardLog(folder))
    const file = readFileSync(join(folder, readdirSync(folder)[0] as string))
    expect(file.subarray(0, 12).toString('hex')).toBe('1800000000000000a37f4b22')
    expect(file.subarray(12, 13).toString('hex')).toBe('09')
    expect(file.subarray(21, 36).toString('latin1')).toBe('\x1a\x0dbrain.Event:2')
  })

  test('what an independent reader finds is what the events said', () => {
    const folder = join(newFolder(), 'runs', 'first')
    expect(feed(tensorboardLog(folder))).toEqual(E.right(undefined))
    const names = readdirSync(folder)
    expect(names).toHaveLength(1)
    expect(names[0]).toMatch(/^events\.out\.tfevents\.\d{10}\.[\w.-]+$/)
    const [first, ...rest] = recordsOf(readFileSync(join(folder, names[0] as string))).map(eventOf)
    expect(first).toMatchObject({ version: 'brain.Event:2', scalars: {} })
    expect(Math.abs((first?.time ?? 0) - Date.now() / 1000)).toBeLessThan(60)
    const expected = events.flatMap((event) => {
      if (event._tag === 'Done' || event._tag === 'Evaluation') return []
      const scalars: Record<string, number> =
        event._tag === 'Step'
          ? { loss: event.loss, learning_rate: event.learningRate }
          : { 'accuracy/train': event.trainScore, 'accuracy/val': event.valScore as number }
      return [
        {
          step: event.step,
          scalars: Object.fromEntries(Object.entries(scalars).map(([tag, v]) => [tag, Math.fround(v)])),
        },
      ]
    })
    expect(rest.map(({ step, scalars }) => ({ step, scalars }))).toEqual(expected)
  })

  test('large steps and NaN', () => {
    const folder = newFolder()
    feed(tensorboardLog(folder), [stepWith({ step: 2 ** 40 + 1, loss: Number.NaN })])
    const [, event] = recordsOf(readFileSync(join(folder, readdirSync(folder)[0] as string))).map(eventOf)
    expect(event?.step).toBe(2 ** 40 + 1)
    expect(event?.scalars.loss).toBeNaN()
  })

  test('a folder that is a file', () => {
    const file = join(newFolder(), 'file')
    writeFileSync(file, '')
    expect(leftMessage(feed(tensorboardLog(file)))).toContain('cannot be written: a part of the path is a file')
  })
})
