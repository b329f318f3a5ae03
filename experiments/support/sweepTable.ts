import { printable } from '../../src/files/index.ts'
import type { Direction, Params, SweepEvent, Trial, WorkerMembership } from '../../src/sweep/index.ts'
import { best, isFinal } from '../../src/sweep/index.ts'

/** Shows a sweep while it runs. */
export interface SweepView {
  readonly see: (event: SweepEvent) => void
  /** Leaves what stands there, so that other output can follow. */
  readonly close: () => void
}

const REDRAW = 200 // milliseconds

const shownValue = (value: unknown): string =>
  typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(3))) : String(value)

/** `learningRate=0.00123 hidden=64` */
export const paramsText = (params: Params): string =>
  printable(
    Object.entries(params)
      .map(([name, value]) => `${name}=${shownValue(value)}`)
      .join(' '),
  )

/** The first line of a reason. */
export const reasonText = (reason = ''): string => printable(reason.split('\n', 1)[0] ?? '')

/** `1:02:03`, `2:03` */
export const clock = (seconds: number): string => {
  const whole = Math.round(seconds)
  const two = (n: number): string => String(n).padStart(2, '0')
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

const number = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(4))

const name = (n: number): string => `trial ${String(n).padStart(3)}`

const again = (n: number, reason: string): string => `${name(n)}  again: ${reasonText(reason)}`

const trialLine = ({ number: n, state, value, params, reason }: Trial): string => {
  const why = state === 'failed' || state === 'diverged' ? `  (${reasonText(reason)})` : ''
  return `${name(n)}  ${state.padEnd(8)}  ${number(value)}  ${paramsText(params)}${why}`
}

const membershipLine = ({ _tag, name: who, workers }: WorkerMembership): string =>
  `${_tag === 'WorkerJoined' ? 'joined' : 'left'}: ${printable(who)} with ${workers} workers`

/** One line a trial: for pipes, logs and CI. */
const lines = (): SweepView => ({
  see: (event) => {
    if (event._tag === 'Ended') console.log(trialLine(event.trial))
    if (event._tag === 'Retried') console.log(again(event.number, event.reason))
    if (event._tag === 'WorkerJoined' || event._tag === 'WorkerLeft') console.log(membershipLine(event))
    if (event._tag === 'Warned') console.error(`warning: ${printable(event.message)}`)
  },
  close: () => {},
})

interface Running {
  readonly params: Params
  readonly reported: string
}

/** A few lines that are drawn over and over. */
const animated = (direction: Direction): SweepView => {
  const started = performance.now()
  const ended = new Map<number, Trial>()
  const running = new Map<number, Running>()
  let [total, workers, doneNow, height] = [0, 1, 0, 0]
  let isElsewhere = false

  const count = (state: Trial['state']): number => [...ended.values()].filter((trial) => trial.state === state).length
  const text = (): readonly string[] => {
    const seconds = (performance.now() - started) / 1000
    const left = total - ended.size
    const eta = doneNow === 0 ? '–' : clock((left * seconds) / doneNow)
    const top = best([...ended.values()], direction)
    const faults = [
      ...(['pruned', 'diverged', 'failed'] as const).map((state) => `${count(state)} ${state}`),
      `${running.size} ${isElsewhere ? 'asked of' : 'running on'} ${workers}`,
    ]
    return [
      `${ended.size} of ${total} done, ${faults.join(', ')}; ${clock(seconds)}, ETA ${eta}`,
      `best  ${top === undefined ? '–' : trialLine(top)}`,
      ...[...running]
        .sort(([a], [b]) => a - b)
        // What would leave the screen could not be drawn over.
        .slice(0, Math.max(0, process.stdout.rows - 4))
        .map(([n, { params, reported }]) => `${name(n)}  ${reported.padEnd(16)}  ${paramsText(params)}`),
    ]
  }
  const draw = (): void => {
    const width = process.stdout.columns
    const block = text().map((line) => `\x1b[2K${line.slice(0, width - 1)}`)
    const up = height === 0 ? '' : `\x1b[${height}A`
    height = block.length
    process.stdout.write(`${up}\x1b[J${block.join('\n')}\n`)
  }
  /** A line that stays, above the others. */
  const leave = (line: string): void => {
    if (height > 0) process.stdout.write(`\x1b[${height}A\x1b[J`)
    height = 0
    console.error(line)
  }
  const timer = setInterval(draw, REDRAW)
  return {
    see: (event) => {
      if (event._tag === 'Opened') {
        total = event.total
        workers = event.workers
        isElsewhere = workers === 0
        for (const trial of event.trials) if (isFinal(trial)) ended.set(trial.number, trial)
      }
      if (event._tag === 'Begun') running.set(event.number, { params: event.params, reported: 'started' })
      if (event._tag === 'Reported') {
        const { params } = running.get(event.number) ?? { params: {} }
        running.set(event.number, { params, reported: `${event.step}: ${number(event.value)}` })
      }
      if (event._tag === 'Retried') {
        running.delete(event.number)
        leave(again(event.number, event.reason))
      }
      if (event._tag === 'Ended') {
        running.delete(event.trial.number)
        ended.set(event.trial.number, event.trial)
        doneNow++
      }
      if (event._tag === 'WorkerJoined' || event._tag === 'WorkerLeft') {
        workers += event._tag === 'WorkerJoined' ? event.workers : -event.workers
        leave(membershipLine(event))
      }
      if (event._tag === 'Warned') leave(`warning: ${printable(event.message)}`)
    },
    close: () => {
      clearInterval(timer)
      // An interruption has put them back.
      running.clear()
      draw()
    },
  }
}

/** A live table in a terminal, a line a trial elsewhere. */
export const sweepView = (direction: Direction): SweepView =>
  process.stdout.isTTY && process.env.CI === undefined ? animated(direction) : lines()
