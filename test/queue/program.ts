// A controller or a worker as a process of its own: `program.ts controller|worker <JSON of what it needs>`.
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { onQueue, workOnQueue } from '../../src/queue/index.ts'
import { runSweep, type Study } from '../../src/sweep/index.ts'
import { right } from '../sweep/support.ts'

export interface Task {
  readonly url: string
  readonly name: string
  /** URL of the study's module. */
  readonly module: string
  readonly journal?: string
  readonly folder?: string
  readonly workers?: number
  readonly leaseDuration?: number
}

export const programFile = fileURLToPath(import.meta.url)

const [, main, role, text] = process.argv

if (isMainThread && main === programFile) {
  const { url, name, module, journal, ...options } = JSON.parse(text as string) as Task
  const { default: study } = (await import(module)) as { default: Parameters<typeof right<Study>>[0] }
  const stop = new AbortController()
  process.once('SIGTERM', () => stop.abort())
  const { signal } = stop
  const see = (event: { readonly _tag: string }): void => console.log(JSON.stringify(event))
  if (role === 'controller') {
    const pool = onQueue({ url, name, module })
    right(await runSweep(right(study), { pool, journal: journal as string, retries: 1000, signal, see })())
  } else {
    right(await workOnQueue(right(study), { url, name, module, signal, see, ...options })())
  }
}
