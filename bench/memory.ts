import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { workloads } from './workloads.ts'

/** Whether a long run stays flat: 20,000 steps of P1, 1,000 of P4, 200 of C3, each in a process of its own. Prints Markdown. */

const runs = [
  { name: 'P1', steps: 20_000 },
  { name: 'P4', steps: 1_000 },
  { name: 'C3', steps: 200 },
] as const

const peer = fileURLToPath(new URL('peers/memory.mjs', import.meta.url))

// A new generation that is large enough for the whole measurement, so that no collection hides what was allocated.
const largeNewGeneration = ['--min-semi-space-size=128', '--max-semi-space-size=128']

for (const { name, steps } of runs) {
  const workload = JSON.stringify(workloads.find((candidate) => candidate.name === name))
  for (const [flags, what] of [
    [['--expose-gc'], String(steps)],
    [largeNewGeneration, 'allocations'],
  ] as const) {
    const { status } = spawnSync(process.execPath, [...flags, peer, what, workload], { stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
}
