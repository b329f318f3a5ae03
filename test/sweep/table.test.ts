import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { best, rank, toCsv, toJson } from '../../src/sweep/table.ts'
import type { Trial, TrialState } from '../../src/sweep/trial.ts'
import { withPython } from '../python.ts'

const python = withPython('csv', 'json')

const trial = (number: number, state: TrialState, value?: number, more: Partial<Trial> = {}): Trial => ({
  number,
  state,
  value,
  params: {},
  reported: [],
  notes: {},
  reason: undefined,
  attempts: 1,
  began: undefined,
  ended: undefined,
  ...more,
})
const pruned = (number: number, step: number, value: number): Trial =>
  trial(number, 'pruned', value, { reported: [{ step, value }] })

const mixed = [
  trial(0, 'waiting'),
  trial(1, 'failed'),
  trial(2, 'complete', 0.5),
  pruned(3, 4, 0.9),
  trial(4, 'diverged'),
  trial(5, 'complete', 0.7),
  trial(6, 'running'),
  trial(7, 'complete', 0.5),
  pruned(8, 9, 0.1),
  trial(9, 'failed'),
  pruned(10, 4, 0.95),
  trial(11, 'complete', Number.NEGATIVE_INFINITY),
  trial(12, 'complete', Number.NaN),
]
const numbers = (trials: readonly Trial[]): number[] => trials.map(({ number }) => number)

describe('rank', () => {
  test('by state, then by value, then by number', () => {
    expect(numbers(rank(mixed, 'maximize'))).toEqual([5, 2, 7, 11, 12, 8, 10, 3, 4, 1, 9, 0, 6])
    expect(numbers(rank(mixed, 'minimize'))).toEqual([11, 2, 7, 5, 12, 8, 3, 10, 4, 1, 9, 0, 6])
  })

  test('does not depend on the order that it is given, and keeps each trial once', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(mixed, { minLength: mixed.length }), (shuffled) => {
        expect(rank(shuffled, 'maximize')).toEqual(rank(mixed, 'maximize'))
      }),
    )
    expect(new Set(rank(mixed, 'minimize'))).toEqual(new Set(mixed))
  })
})

describe('best', () => {
  test('the first of those with the best value', () => {
    expect(best(mixed, 'maximize')?.number).toBe(5)
    expect(
      best(
        [7, 2].map((n) => mixed[n] as Trial),
        'maximize',
      )?.number,
    ).toBe(2)
  })

  test('pruned trials and those without a number do not count', () => {
    expect(best([pruned(0, 1, 1), trial(1, 'failed'), trial(2, 'complete', Number.NaN)], 'maximize')).toBeUndefined()
  })
})

const hostile = [
  trial(0, 'complete', 0.1 + 0.2, {
    params: { 'a,"b"': 'x\r\ny', empty: '', rate: 1e-7, on: true, none: null },
    notes: { std: 0.25, list: [1, Number.NaN], ümlaut: ' padded ' },
    began: 0,
    ended: 1500,
  }),
  trial(1, 'failed', undefined, { params: { rate: 3 }, reason: 'it said "no",\nthen stopped' }),
]

describe('toCsv', () => {
  test('is what RFC 4180 says', () => {
    expect(toCsv(hostile)).toBe(
      [
        'number,state,value,"params_a,""b""",params_empty,params_rate,params_on,params_none,notes_std,notes_list,notes_ümlaut,attempts,began,ended,seconds,reason',
        '0,complete,0.30000000000000004,"x\r\ny","",1e-7,true,null,0.25,"[1,""NaN""]"," padded ",1,1970-01-01T00:00:00.000Z,1970-01-01T00:00:01.500Z,1.5,',
        '1,failed,,,,3,,,,,,1,,,,"it said ""no"",\nthen stopped"',
        '',
      ].join('\r\n'),
    )
  })

  test('the columns of named parameters come in their order, also where no trial has them', () => {
    expect(toCsv([trial(0, 'waiting', undefined, { params: { b: 1, a: 2 } })], ['a', 'b', 'c'])).toBe(
      'number,state,value,params_a,params_b,params_c,attempts,began,ended,seconds,reason\r\n0,waiting,,2,1,,1,,,,\r\n',
    )
  })

  python.test('Python reads back what was written', () => {
    const program =
      'import csv,json,sys,io; print(json.dumps(list(csv.reader(io.TextIOWrapper(sys.stdin.buffer, "utf-8", newline="")))))'
    const rows = JSON.parse(python.run(['-c', program], { input: toCsv(hostile) }).stdout) as string[][]
    expect(rows.map((row) => row.length)).toEqual([16, 16, 16])
    expect(rows[0]?.[3]).toBe('params_a,"b"')
    expect(rows[1]?.slice(2, 8)).toEqual(['0.30000000000000004', 'x\r\ny', '', '1e-7', 'true', 'null'])
    expect(rows[1]?.[10]).toBe(' padded ')
    expect(rows[2]?.at(-1)).toBe('it said "no",\nthen stopped')
  })
})

describe('toJson', () => {
  test('reads back, a line a trial', () => {
    const text = toJson(hostile)
    expect(text.split('\n')).toHaveLength(5)
    const [first, second] = JSON.parse(text) as Record<string, unknown>[]
    expect(first).toEqual({
      number: 0,
      state: 'complete',
      value: 0.30000000000000004,
      params: { 'a,"b"': 'x\r\ny', empty: '', rate: 1e-7, on: true, none: null },
      reported: [],
      notes: { std: 0.25, list: [1, 'NaN'], ümlaut: ' padded ' },
      attempts: 1,
      began: '1970-01-01T00:00:00.000Z',
      ended: '1970-01-01T00:00:01.500Z',
    })
    expect(Object.keys(second ?? {})).toEqual(['number', 'state', 'params', 'reported', 'notes', 'reason', 'attempts'])
  })

  test('numbers that JSON has not are texts', () => {
    const reported = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value, step) => ({
      step,
      value,
    }))
    const [read] = JSON.parse(toJson([trial(0, 'diverged', undefined, { reported })])) as Trial[]
    expect(read?.reported.map(({ value }) => value)).toEqual(['NaN', 'Infinity', '-Infinity'])
  })
})
