import { expect, test } from 'vitest'
import { dispatcherOf } from '../../src/queue/controller/dispatcher.ts'
import type { SweepEvent } from '../../src/sweep/index.ts'

test.each([true, false])(
  'a worker has joined the controller that it names, also before its monitor runs (%s)',
  (isOld) => {
    const events: SweepEvent[] = []
    const dispatcher = dispatcherOf({
      session: 's',
      controller: 'second',
      isRecorded: () => false,
      see: (event) => void events.push(event),
      recordLate: () => {},
      cancel: () => {},
    })
    const says = (_tag: 'Joined' | 'Left', controller: string): boolean =>
      dispatcher.receive({ _tag, name: 'w', workers: 2, controller }, isOld)
    expect([says('Joined', 'first'), says('Left', 'first'), says('Joined', 'second'), says('Left', 'second')]).toEqual(
      Array(4).fill(true),
    )
    expect(events).toEqual([
      { _tag: 'WorkerJoined', name: 'w', workers: 2 },
      { _tag: 'WorkerLeft', name: 'w', workers: 2 },
    ])
  },
)
