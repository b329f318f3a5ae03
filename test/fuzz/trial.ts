import { writeFileSync } from 'node:fs'
import { messageOf } from '../../src/files/index.ts'
import type { Read, Target } from './target.ts'

/** How reading one file went. */
export interface Trial {
  readonly verdict: 'accepted' | 'refused' | 'crash' | 'hang' | 'memory'
  /** What a person needs to know about a failure. */
  readonly why: string
  readonly ms: number
  /** Bytes by which memory grew. */
  readonly grown: number
}

type Answer = Pick<Trial, 'verdict' | 'why'>

// Linux forgets the peak when asked; elsewhere only what exceeds every peak so far is seen.
const forgetPeak = (): void => {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {}
}

const peak = (): number => 1024 * process.resourceUsage().maxRSS

const held = (): number => {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const GARBAGE = 2 ** 24
let clean = 0

// What is held counts from a clean start, else garbage that is collected meanwhile would hide what is taken. What outlives a collection
// is no garbage, and no reason for the next one.
const collect = (): void => {
  if (held() <= clean + GARBAGE) return
  globalThis.gc?.()
  clean = held()
}

// An error value can be printed: an Error, one line, nothing that commands a terminal, and not as long as the file.
const LONGEST = 1000
const UNPRINTABLE = /[\p{Cc}\u2028\u2029]/u

const fault = (result: Read): string => {
  if (result?._tag === 'Right') return ''
  if (result?._tag !== 'Left') return 'what came back is no Either'
  if (!(result.left instanceof Error)) return 'the left value is no Error'
  const { message } = result.left
  if (UNPRINTABLE.test(message)) return `the message is not one printable line: ${JSON.stringify(message)}`
  return message.length > LONGEST ? `the message has ${message.length} characters` : ''
}

const read = async ({ read }: Target, bytes: Uint8Array): Promise<Answer> => {
  try {
    const result = await read(bytes)
    const why = fault(result)
    if (why !== '') return { verdict: 'crash', why }
    return result._tag === 'Right' ? { verdict: 'accepted', why: '' } : { verdict: 'refused', why: result.left.message }
  } catch (error) {
    return { verdict: 'crash', why: `threw ${error instanceof Error ? error.name : 'a value'}: ${messageOf(error)}` }
  }
}

const judge = (
  answer: Answer,
  ms: number,
  patience: number,
  grown: number,
  size: number,
  justified: number,
): Answer => {
  if (answer.verdict === 'crash') return answer
  if (ms > patience) return { verdict: 'hang', why: `took ${Math.round(ms)} ms, more than ${patience}` }
  if (grown <= justified) return answer
  return { verdict: 'memory', why: `took ${grown} bytes of memory, but a file of ${size} justifies ${justified}` }
}

/**
 * Reads a file and judges. Memory is the larger of two: by how much the process's peak rose (pages that were touched,
 * whoever took them), and what V8 holds more than before (arrays that nobody touched yet).
 *
 * @param patience  milliseconds beyond which it counts as a hang
 */
export const attempt = async (target: Target, bytes: Uint8Array, patience: number): Promise<Trial> => {
  collect()
  forgetPeak()
  const [heldBefore, peakBefore, started] = [held(), peak(), performance.now()]
  const answer = await read(target, bytes)
  const ms = performance.now() - started
  const grown = Math.max(0, held() - heldBefore, peak() - peakBefore)
  return { ...judge(answer, ms, patience, grown, bytes.length, target.justified(bytes.length)), ms, grown }
}
