import { arch, cpus, platform, processHere, totalmem } from '../../system/index.ts'
import { short } from '../page/numbers.ts'
import type { Fact } from './record.ts'

const text = (value: unknown): string => {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : short(value, 6)
  if (typeof value === 'function') return value.name === '' ? 'a function' : value.name
  if (value === null) return 'all'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(text).join(', ')
  if (typeof value === 'object')
    return factsOf(value)
      .map(([name, own]) => `${name} ${own}`)
      .join(', ')
  return String(value)
}

/** The settings of a run as text; absent ones are left out. */
export const factsOf = (settings: object): Fact[] =>
  Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, text(value)])

/** What the run was made with. */
export const machineFacts = (backend: string): Fact[] => {
  const all = cpus()
  return [
    ['backend', backend],
    ['processor', `${all[0]?.model.trim() || 'unknown'}, ${all.length} logical cores`],
    ['memory', `${Math.round(totalmem() / 2 ** 30)} GB`],
    ['system', `${platform()} ${arch()}`],
    ['node', processHere.version],
  ]
}
