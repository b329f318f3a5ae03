import { afterEach, expect, test, vi } from 'vitest'
import { spaceLines } from '../../experiments/support/sweepPlan.ts'
import { paramsText, sweepView } from '../../experiments/support/sweepTable.ts'
import type { Study, Trial } from '../../src/sweep/index.ts'
import { choice } from '../../src/sweep/space/index.ts'

const ESCAPES = '\u001b[2J\u009b31m\u202eback\u2066'
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u

afterEach(() => {
  vi.restoreAllMocks()
})

test('names, choices, reasons and messages steer no terminal', () => {
  const printed: string[] = []
  for (const method of ['log', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((line: string) => void printed.push(line))
  }
  const params = { [`x${ESCAPES}`]: `a${ESCAPES}` }
  const trial: Trial = {
    ...{ number: 0, state: 'failed', params, value: undefined, reported: [], notes: {}, attempts: 1 },
    ...{ reason: `Error: ${ESCAPES}\nstack`, began: 0, ended: 1 },
  }
  const { see, close } = sweepView('maximize')
  see({ _tag: 'Ended', trial })
  see({ _tag: 'Retried', number: 0, reason: ESCAPES })
  see({ _tag: 'Warned', message: ESCAPES })
  see({ _tag: 'WorkerJoined', name: ESCAPES, workers: 2 })
  close()
  printed.push(
    paramsText(params),
    ...spaceLines({ space: { [`x${ESCAPES}`]: choice([ESCAPES, 'b']) } } as never as Study),
  )
  expect(printed).toHaveLength(6)
  for (const line of printed) expect(line).not.toMatch(UNPRINTABLE)
  expect(printed[0]).toBe('trial   0  failed    –  x [2J 31m back =a [2J 31m back   (Error:  [2J 31m back )')
})
