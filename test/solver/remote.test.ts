import { MessageChannel } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { orThrow, type StopSignal } from '../../src/errors/index.ts'
import { fullyConnectedNet } from '../../src/models/index.ts'
import { type Event, remoteControl, runToEnd, snapshotEvent, train } from '../../src/solver/index.ts'
import { tensor } from '../../src/tensor/index.ts'

const model = orThrow(fullyConnectedNet({ inputDim: 2, hiddenDims: [4], numClasses: 2, normalization: 'batchnorm' }))
const [x, y] = [tensor([4, 2], [0, 0, 0, 1, 1, 0, 1, 1]), [0, 1, 1, 0]]
const data = { xTrain: x, yTrain: y, xVal: x, yVal: y }

/** The other end of a port, which is closed afterwards. */
const withPort = async (work: (port: MessageChannel['port1'], other: MessageChannel['port2']) => Promise<void>) => {
  const { port1, port2 } = new MessageChannel()
  try {
    await work(port1, port2)
  } finally {
    port1.close()
    port2.close()
  }
}

const later = (ms = 30) => new Promise((resolve) => setTimeout(resolve, ms))

describe('a run that another thread steers', () => {
  const endless = (signal: StopSignal) => ({ numEpochs: 1e6, signal }) as const

  test('stops', () =>
    withPort(async (port, other) => {
      const control = remoteControl(port)
      const run = runToEnd(orThrow(train(model, data, endless(control.signal))), [control])
      other.postMessage('stop')
      expect((await run).status).toBe('interrupted')
    }))

  test('pauses, goes on, and is stopped from a pause', () =>
    withPort(async (port, other) => {
      const control = remoteControl(port)
      let steps = 0
      const run = runToEnd(orThrow(train(model, data, endless(control.signal))), [control, { see: () => void steps++ }])
      other.postMessage('pause')
      await later()
      const at = steps
      await later()
      expect(steps).toBe(at)
      other.postMessage('resume')
      await later()
      expect(steps).toBeGreaterThan(at)
      other.postMessage('pause')
      await later()
      other.postMessage('stop')
      expect((await run).status).toBe('interrupted')
    }))

  test('other messages are nothing to it, and what is no port is told', () =>
    withPort(async (port, other) => {
      const control = remoteControl(port)
      other.postMessage({ learningRate: 1 })
      await later(5)
      expect([control.signal.aborted, control.see({} as never)]).toEqual([false, undefined])
      expect(() => remoteControl(undefined as never)).toThrow('remoteControl: port must be self in a worker')
    }))
})

test('each event can be posted as its snapshot, and stays as it was', () => {
  const kept: Event[] = []
  const options = { numEpochs: 2, batchSize: 2, updateRule: 'adam' } as const
  for (const event of orThrow(train(model, data, options))) {
    // As a page's worker does it, where shared memory may not be posted.
    const copy = snapshotEvent(event)
    const seen: unknown[] = []
    const visit = (value: unknown): void => {
      if (ArrayBuffer.isView(value)) seen.push(value.buffer)
      else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit)
    }
    visit(copy)
    expect(seen.every((buffer) => buffer instanceof ArrayBuffer)).toBe(true)
    expect(structuredClone(copy)).toEqual(event)
    kept.push(copy)
  }
  expect(kept.map(({ _tag }) => _tag)).toEqual(['Epoch', 'Step', 'Step', 'Epoch', 'Step', 'Step', 'Epoch', 'Done'])
  const steps = kept.filter((event) => event._tag === 'Step')
  expect(steps[0]?.weights).not.toEqual(steps[1]?.weights)
  expect(() => snapshotEvent(undefined as never)).toThrow('snapshotEvent: event must be one of')
})
