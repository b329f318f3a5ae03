import { codeOf, messageOf } from './faults.ts'

/** Faults of the machine by their codes, and what helps. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'make room',
  EDQUOT: 'make room',
  EIO: 'look after the disk',
  EMFILE: 'raise the limit of open files (ulimit -n)',
  ENFILE: 'raise the limit of open files of the system',
}

const MOST = 100 // errors behind one that are looked at

/** An error and what is behind it, each once. */
function* chain(error: unknown): Generator<unknown> {
  const found = new Set([error])
  for (const one of found) {
    yield one
    if (!(one instanceof Error)) continue
    const behind: readonly unknown[] = [one.cause, ...(one instanceof AggregateError ? one.errors : [])]
    for (const other of behind) if (other !== undefined && found.size < MOST) found.add(other)
  }
}

const firstOf = (error: unknown, holds: (one: unknown) => boolean): unknown => {
  try {
    for (const one of chain(error)) if (holds(one)) return one
  } catch {
    // Whoever throws may have made anything of it.
  }
  return undefined
}

/**
 * The fault of the machine that is, or is behind, what was thrown: it says nothing of the work that met it
 *
 * @returns  a sentence with a remedy; undefined for any other fault
 */
export const machineFault = (error: unknown): string | undefined => {
  const fault = firstOf(error, (one) => remedies[codeOf(one)] !== undefined)
  if (fault === undefined) return undefined
  const [whole, own, code] = [messageOf(error), messageOf(fault), codeOf(fault)]
  return `${whole.includes(code) ? whole : `${whole} (${own})`}; ${remedies[code]}`
}

/** What V8, node, WebAssembly and this library's heap say. */
const NO_MEMORY = /allocation failed|could not allocate memory|Memory\.grow|Unable to grow|cannot give \d+ MB more/

/** Whether memory could not be had: that may be others' doing. */
export const isOutOfMemory = (error: unknown): boolean =>
  firstOf(
    error,
    (one) =>
      ['ENOMEM', 'ERR_MEMORY_ALLOCATION_FAILED'].includes(codeOf(one)) ||
      (one instanceof Error && NO_MEMORY.test(messageOf(one))),
  ) !== undefined
