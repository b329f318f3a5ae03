import { cpus } from 'node:os'
import { backend } from '../../kernels/index.ts'

/** What the last bits of results depend on beside code and data: kernels, processor and engine; with wasm-strict on nothing more. */
export const platform = (): string => {
  const { name, description } = backend()
  if (name === 'wasm-strict') return name
  // Trials have one kernel thread each.
  const kernels = description.replace(/, (?:up to \d+ threads|1 thread)/g, '')
  return `${kernels} on ${cpus()[0]?.model ?? process.arch}, Node ${process.version}`
}
