import { expect, test } from 'vitest'
import { type Judge, newJudge } from '../../src/kernels/judge.ts'

// Calls of one kernel on a clock of the test's own: it takes `alone` ms without the threads, and `together` with them. Returns the
// share of the calls that were shared, by the second.
const shares = (
  judge: Judge,
  seconds: readonly { readonly alone: number; readonly together: number; readonly guess?: number }[],
): readonly number[] => {
  let now = 0
  return seconds.map(({ alone, together, guess = alone }, second) => {
    let [shared, all] = [0, 0]
    for (; now < 1000 * (second + 1); all++) {
      if (judge.isWorth(now)) {
        judge.shared(0, 1, guess, now, now + together)
        now += together
        shared++
      } else {
        judge.alone(0, 1, alone)
        now += alone
      }
    }
    return shared / all
  })
}

const quiet = { alone: 1, together: 0.6 }

test('on a quiet machine nearly all calls are shared', () => {
  for (const share of shares(newJudge(), Array(10).fill(quiet))) expect(share).toBeGreaterThan(0.99)
})

test('beside a busy neighbour nearly all calls are made alone, and shared again when it has gone', () => {
  const busy = { alone: 1, together: 1.5 }
  const result = shares(newJudge(), [quiet, ...Array(5).fill(busy), ...Array(3).fill(quiet)])
  for (const share of result.slice(2, 6)) expect(share).toBeLessThan(0.02)
  expect(result[8]).toBeGreaterThan(0.98)
})

test('a neighbour that slows the calling thread too does not look like a gain', () => {
  // Two threads take turns with the neighbour on the caller's own core: its part takes three times as long.
  const result = shares(newJudge(), [quiet, ...Array(4).fill({ alone: 1, together: 2, guess: 3 })])
  for (const share of result.slice(2)) expect(share).toBeLessThan(0.02)
})

test('one late call is enough', () => {
  const judge = newJudge()
  for (let i = 0; i < 20; i++) judge.alone(0, 1, 0.1)
  for (let i = 0; i < 3; i++) judge.shared(0, 1, 0.1, 100 + i, 100.06 + i)
  expect(judge.isWorth(103)).toBe(true)
  judge.shared(0, 1, 0.1, 103, 107)
  expect(judge.isWorth(107)).toBe(false)
  expect(judge.isWorth(127)).toBe(true)
})

test('kernels are judged together, each by its own time: one that gains nothing does not stop others', () => {
  const judge = newJudge()
  let now = 0
  for (let i = 0; i < 2000; i++) {
    const [kernel, alone, together] = i % 2 === 0 ? [0, 1, 0.6] : [1, 0.1, 0.11]
    const isShared = judge.isWorth(now)
    if (isShared) judge.shared(kernel, 1, alone, now, now + together)
    else judge.alone(kernel, 1, alone)
    now += isShared ? together : alone
  }
  expect(now).toBeLessThan(1000 * 0.72)
})

test('after long calls it stands back for several of them, and takes their time alone anew more seldom', () => {
  const judge = newJudge()
  judge.alone(0, 1, 100)
  let now = 0
  while (judge.isWorth(now)) {
    judge.shared(0, 1, 100, now, now + 160)
    now += 160
  }
  expect(judge.isWorth(now + 600)).toBe(false)
  expect(judge.isWorth(now + 640)).toBe(true)
  const long = { alone: 100, together: 60 }
  const result = shares(newJudge(), Array(20).fill(long))
  expect(result.reduce((sum, share) => sum + share, 0) / result.length).toBeGreaterThan(0.98)
})
