import { rmSync, writeFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import { HEAD, recordOf } from '../../../src/sweep/journal/head.ts'
import { type Head, openJournal } from '../../../src/sweep/journal/index.ts'
import { oddJson, oddlyChanged } from '../hostileJson.ts'
import { EXTREMES } from '../mutations.ts'
import { type Hostile, plain, type Read, type Target } from '../target.ts'

const head: Head = {
  name: 'fuzz',
  direction: 'minimize',
  space: { rate: { kind: 'uniform', low: 0, high: 1 }, rule: { kind: 'choice', choices: ['sgd', 'adam'] } },
  sampler: 'random',
  pruner: 'none',
  seed: 0,
}

const float = '{"name":"FloatDistribution","attributes":{"step":null,"low":0,"high":1,"log":false}}'
const categorical = '{"name":"CategoricalDistribution","attributes":{"choices":["sgd","adam"]}}'

/** A study with a trial that is done and one that runs. */
const operations: readonly object[] = [
  { op_code: 0, study_name: 'fuzz', directions: [1], cachegrad: { study: 0 } },
  { op_code: 2, study_id: 0, user_attr: { [HEAD]: recordOf(head) } },
  { op_code: 4, study_id: 0, datetime_start: '2026-01-01T00:00:00.000000', cachegrad: { trial: 0, number: 0 } },
  { op_code: 5, trial_id: 0, param_name: 'rate', param_value_internal: 0.5, distribution: float },
  { op_code: 5, trial_id: 0, param_name: 'rule', param_value_internal: 1, distribution: categorical },
  { op_code: 7, trial_id: 0, step: 1, intermediate_value: 2 },
  { op_code: 8, trial_id: 0, user_attr: { note: 'x' } },
  { op_code: 6, trial_id: 0, state: 1, values: [0.25], datetime_complete: '2026-01-01T00:00:01.000000' },
  { op_code: 4, study_id: 0, datetime_start: null, state: 4, params: { rate: 1 }, distributions: { rate: float } },
  { op_code: 6, trial_id: 1, state: 0, values: null },
]

const withWorker = (operation: object, worker: string): string => {
  const [code = '', ...others] = JSON.stringify(operation)
    .slice(1, -1)
    .split(/(?<=^"op_code":\d),/)
  return `{${[code, `"worker_id":"${worker}"`, ...others].join(',')}}`
}

// As Optuna writes it, and as this library does: with a sum.
const foreign = operations.map((operation) => withWorker({ ...operation, cachegrad: undefined }, 'optuna'))
const own = operations.map((operation) => withWorker(operation, 'cachegrad-1'))

const seal = (line: string): string => {
  const body = line.slice(0, -1)
  return `${body},"crc":"${crc32(body).toString(16).padStart(8, '0')}"}`
}

const file = (lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\n')}\n`)

/** One line says something else, with a right sum or without one. */
const value: Hostile = (draw) => {
  const lines = draw.oneOf([foreign, own])
  const at = draw.below(lines.length)
  const changed = lines.map((line, i) => (i === at ? oddlyChanged(draw, line) : line))
  return file(lines === own ? changed.map(seal) : changed)
}

/** Lines are lost, and those behind them name studies and trials as no journal ever had. */
const lost: Hostile = (draw) => {
  const id = Number(draw.oneOf(EXTREMES))
  const line = draw.oneOf<object>([
    { op_code: 4, study_id: id, datetime_start: null, cachegrad: { trial: id, number: id } },
    { op_code: 6, trial_id: id, state: 1, values: [1], cachegrad: { number: id, params: { rate: 0.5 } } },
    { op_code: 0, study_name: 'fuzz', directions: [1], cachegrad: { study: id } },
    { op_code: 2, study_id: id, user_attr: { a: 1 } },
    { op_code: 7, trial_id: id, step: id, intermediate_value: 2 },
  ])
  const damage = draw.oneOf(['{"op_code":4,', '{"op_code":0,', 'noise', ''])
  return file([...own.slice(0, draw.below(own.length)).map(seal), damage, seal(withWorker(line, 'cachegrad-1'))])
}

/** Up to 65,536 lines, damaged or not. */
const many: Hostile = (draw) => {
  const line = draw.oneOf(['', '{', '{"op_code":', '{"op_code":4,', ...foreign])
  const joined = new Array(2 ** draw.below(17)).fill(line).join(draw.oneOf(['\n', '\n', ' ']))
  return file([...foreign.slice(0, draw.below(4)), joined])
}

const json: Hostile = (draw) => file([...foreign.slice(0, 4), draw.oneOf(['', '{"op_code":2,"x":']) + oddJson(draw)])

const read = async (bytes: Uint8Array): Promise<Read> => {
  writeFileSync('input', bytes)
  rmSync('input.quarantine', { force: true })
  const opened = await openJournal('input', head)()
  if (E.isRight(opened)) opened.right.close()
  return opened
}

export const journalTarget: Target = {
  name: 'journal',
  seeds: [file(foreign), file(own.map(seal))],
  read,
  hostile: { value, lost, many, json },
  justified: plain,
}
