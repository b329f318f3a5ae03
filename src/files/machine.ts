import { codeOf, messageOf } from './faults.ts'

/** Faults of the machine by their codes, and what helps. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'make room',
  EDQUOT: 'make room',
  EIO: 'look after the disk',
  EMFILE: 'raise the limit of open files (ulimit -n)',
  ENFILE: 'raise the limit of open files of the system',
}

const DEEPEST = 10 // causes of causes

/** An error and what is behind it. */
function* chain(error: unknown, depth = 0): Generator<unknown> {
  yield error
  if (depth === DEEPEST || !(error instanceof Error)) return
  if (error.cause !== undefined) yield* chain(error.cause, depth + 1)
  if (error instanceof AggregateError) for (const one of error.errors) yield* chain(one, depth + 1)
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
      (one instanceof RangeError && NO_MEMORY.test(messageOf(one))),
  ) !== undefined
