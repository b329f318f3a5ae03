import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Contestant } from './contestants.ts'
import type { Workload } from './workloads.ts'

/** A contestant that is set up and waits for its turn. */
export interface Peer {
  readonly contestant: Contestant
  readonly description: string
  /** Runs so many steps; the seconds they took, by the peer's own clock. */
  readonly run: (steps: number) => Promise<number>
  readonly close: () => void
}

/** Why a contestant does not take part. */
export interface Absence {
  readonly contestant: Contestant
  readonly reason: string
}

export const isPeer = (started: Peer | Absence): started is Peer => 'run' in started

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''

/** Starts a contestant's program for a workload. */
export const start = async (contestant: Contestant, workload: Workload): Promise<Peer | Absence> => {
  const [program = '', ...args] = contestant.command
  const child = spawn(program, [...args, JSON.stringify(workload)], {
    env: { ...process.env, ...contestant.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4000)
  })
  child.stdin.on('error', () => {})
  const failed = new Promise<undefined>((resolve) => child.on('error', () => resolve(undefined)))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async (): Promise<string | undefined> => {
    const line = await Promise.race([lines.next(), failed])
    return line === undefined || line.done === true ? undefined : line.value
  }
  const greeting = await answer()
  if (greeting === undefined) return { contestant, reason: lastLine(errors) || 'could not be started' }
  const { description, unable } = JSON.parse(greeting) as { description?: string; unable?: string }
  if (description === undefined) return { contestant, reason: unable ?? 'did not say what it is' }
  return {
    contestant,
    description,
    run: async (steps) => {
      child.stdin.write(`${steps}\n`)
      const line = await answer()
      if (line === undefined) throw new Error(`${contestant.group} stopped: ${lastLine(errors)}`)
      return Number(line)
    },
    close: () => child.stdin.end(),
  }
}
