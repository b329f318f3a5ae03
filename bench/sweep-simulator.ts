/**
 * Sweeps on many machines, on simulated time: what samplers, pruners and the controller's tracking of trials make of workers of random speed
 * that fail at random. Prints Markdown.
 *
 *   npx tsx bench/sweep-simulator.ts [trials] [the searches whose names begin so]
 *
 * The engine, the samplers and the pruners are the real ones; only the worker pool is simulated. A trial takes 27 epochs of about a minute
 * unless it is pruned; a worker's speed is log-normal (σ = 0.5), and so is an epoch's length (σ = 0.3); a worker dies every 1000 minutes
 * of work on average, its trial is noticed as lost a minute later and begun again, and the worker is back after ten minutes.
 */
import { setImmediate } from 'node:timers/promises'
import { orThrow } from '../src/errors/index.ts'
import { foldIn, type Key, key, normal, uniform } from '../src/random/index.ts'
import type { JobResult } from '../src/sweep/engine/attempt.ts'
import { runTrials } from '../src/sweep/engine/engine.ts'
import type { WorkerPool } from '../src/sweep/engine/workerPool.ts'
import { asha, random, tpe } from '../src/sweep/index.ts'
import { records } from '../src/sweep/records.ts'
import { type Study, sweep } from '../src/sweep/sweep.ts'
import type { Params, Reported, Trial } from '../src/sweep/trial.ts'
import { powerLaw, space } from './sweep-curve.ts'

const TRIALS = Number(process.argv[2] ?? 100_000)
const EPOCHS = 27
const MEAN_LIFE = 1000 // minutes of work
const NOTICE = 1 // minutes until a lost trial is noticed
const REPAIR = 10 // minutes until a worker is back
const CAPACITY = 1000 // trials in the queue at most

const draw = (from: Key, name: string): number => uniform(foldIn(from, name), [1], 0, 1, 'float64').data[0] as number
const gauss = (from: Key, name: string): number => normal(foldIn(from, name), [1], 1, 'float64').data[0] as number

/** Accuracy after each epoch. */
const curve = (params: Params, trialKey: Key): readonly Reported[] => {
  const accuracyAfter = powerLaw(params)
  const noise = normal(foldIn(trialKey, 'noise'), [EPOCHS], 0.01, 'float64').data
  return Array.from({ length: EPOCHS }, (_, i) => ({ step: i + 1, value: accuracyAfter(i + 1) + (noise[i] as number) }))
}

const studyOf = (options: Pick<Parameters<typeof sweep>[0], 'sampler' | 'pruner'>): Study =>
  orThrow(sweep({ space, objective: () => 0, direction: 'maximize', trials: TRIALS, seed: 1, ...options }))

/** Things that will happen, the next one first: a binary heap. */
const scheduler = () => {
  const heap: { readonly time: number; readonly happen: () => void }[] = []
  const at = (i: number): number => heap[i]?.time ?? Number.POSITIVE_INFINITY
  const swap = (i: number, j: number): void => {
    ;[heap[i], heap[j]] = [heap[j] as (typeof heap)[0], heap[i] as (typeof heap)[0]]
  }
  return {
    put: (time: number, happen: () => void): void => {
      heap.push({ time, happen })
      for (let i = heap.length - 1; i > 0 && at((i - 1) >> 1) > at(i); i = (i - 1) >> 1) swap(i, (i - 1) >> 1)
    },
    take: (): (typeof heap)[0] | undefined => {
      const first = heap[0]
      const last = heap.pop()
      if (heap.length === 0 || last === undefined) return first
      heap[0] = last
      for (let i = 0; ; ) {
        const child = at(2 * i + 1) <= at(2 * i + 2) ? 2 * i + 1 : 2 * i + 2
        if (at(child) >= at(i)) return first
        swap(i, child)
        i = child
      }
    },
  }
}

/** How a trial ends is the same with any number of workers, so it is worked out once. */
type Ends = Map<number, { readonly reported: readonly Reported[]; readonly reason: string | undefined }>

/** So are its parameters; the time that drawing them took counts in each row. */
const drawnOnce = (study: Study): { readonly study: Study; readonly spent: () => number } => {
  const drawn = new Map<number, Params[]>()
  let spent = 0
  let [current, tries] = [-1, 0]
  const suggest: Study['sampler']['suggest'] = (view, from) => {
    if (view.number !== current) [current, tries] = [view.number, 0]
    const known = drawn.get(view.number) ?? []
    drawn.set(view.number, known)
    const before = known[tries++]
    if (before !== undefined) return before
    const started = performance.now()
    const params = study.sampler.suggest(view, from)
    spent += performance.now() - started
    known.push(params)
    return params
  }
  return { study: { ...study, sampler: { ...study.sampler, suggest } }, spent: () => spent }
}

const simulate = async (
  { study, spent }: ReturnType<typeof drawnOnce>,
  workers: number,
  ends: Ends,
): Promise<readonly string[]> => {
  const things = scheduler()
  const book = records()
  const idle = Array.from({ length: workers }, (_, i) => ({
    speed: Math.exp(0.5 * gauss(key(i), 'speed')),
    i,
    turns: 0,
  }))
  type Machine = (typeof idle)[number]
  type Task = { readonly run: (machine: Machine) => void }
  const backlog: Task[] = []
  let [clock, useful, elsewhere, bestAt, lost] = [0, 0, 0, 0, 0]
  let best = Number.NEGATIVE_INFINITY

  const endOf = (number: number, params: Params, seen: readonly Trial[]) => {
    const known = ends.get(number)
    if (known !== undefined) return known
    const whole = curve(params, foldIn(key(study.seed), number))
    let end: { readonly reported: readonly Reported[]; readonly reason: string | undefined } = {
      reported: whole,
      reason: undefined,
    }
    for (let i = 1; i <= EPOCHS && end.reason === undefined; i++) {
      const reported = whole.slice(0, i)
      const reason = study.pruner.prune({ direction: study.direction, number, reported, seen })
      if (reason !== undefined) end = { reported, reason }
    }
    ends.set(number, end)
    return end
  }
  const pair = (): void => {
    while (idle.length > 0 && backlog.length > 0) (backlog.shift() as Task).run(idle.shift() as Machine)
  }
  const run: WorkerPool['run'] = (job, seen, listener) =>
    new Promise<JobResult>((resolve) => {
      const started = performance.now()
      const { reported, reason } = endOf(job.number, job.params, seen)
      const effort = reported.length * Math.exp(0.3 * gauss(foldIn(key(study.seed), job.number), 'effort'))
      elsewhere += performance.now() - started
      const begin = (machine: Machine): void => {
        const minutes = effort / machine.speed
        const life = -MEAN_LIFE * Math.log(1 - draw(foldIn(key(machine.i), machine.turns++), 'life'))
        if (life < minutes) {
          lost++
          things.put(clock + life + NOTICE, () => resolve({ _tag: 'Lost', reason: 'the machine died' }))
          things.put(clock + life + REPAIR, () => idle.push(machine))
          return
        }
        things.put(clock + minutes, () => {
          useful += minutes
          idle.push(machine)
          const value = reported.at(-1)?.value as number
          if (reason === undefined && value > best) [best, bestAt] = [value, clock]
          for (const one of reported) listener.reported(one.step, one.value)
          const state = reason === undefined ? 'complete' : 'pruned'
          resolve({ _tag: 'Ended', outcome: { state, value, reason, reported, notes: {} } })
        })
      }
      const task: Task = { run: begin }
      if (job.attempt > 1) backlog.unshift(task)
      else backlog.push(task)
    })
  const pool: WorkerPool = { capacity: CAPACITY, run, interrupt: () => {}, close: async () => {} }
  const started = performance.now()
  const drawnBefore = spent()
  let isOver = false
  const ended = runTrials({
    ...{ study, records: book, pool, retries: 1000 },
    ...{ folderOf: (n) => `/nowhere/${n}`, see: () => {}, isStopped: () => false },
  }).finally(() => {
    isOver = true
  })
  while (!isOver) {
    await setImmediate()
    pair()
    const thing = things.take()
    if (thing === undefined) continue
    clock = thing.time
    thing.happen()
  }
  const { done } = await ended
  if (done !== study.trials) throw new Error(`${done} trials of ${study.trials}`)
  const cost = (performance.now() - started - elsewhere + drawnBefore) / done
  return [
    String(study.trials),
    String(workers),
    `${((100 * useful) / (workers * clock)).toFixed(0)} %`,
    (clock / 60 / 24).toFixed(1),
    (bestAt / 60 / 24).toFixed(1),
    best.toFixed(4),
    String(lost),
    cost.toFixed(3),
  ]
}

const searches: Readonly<Record<string, Study>> = {
  random: studyOf({ sampler: random() }),
  'random, ASHA, generations of 8': studyOf({ sampler: random(), pruner: asha({ maxSteps: EPOCHS }) }),
  'random, ASHA, generations of 1000': studyOf({
    sampler: random(),
    pruner: asha({ maxSteps: EPOCHS, generation: 1000 }),
  }),
  'TPE, generations of 8': studyOf({ sampler: tpe() }),
  'TPE, generations of 1000': studyOf({ sampler: tpe({ startup: 1000, generation: 1000 }) }),
}

console.log(`Simulated, Node ${process.version}\n`)
console.log(
  '| search | trials | workers | busy | days | days to the best | best | lost attempts | controller, ms a trial |',
)
console.log('|---|---:|---:|---:|---:|---:|---:|---:|---:|')
const wanted = process.argv[3]
for (const [name, study] of Object.entries(searches)) {
  if (wanted !== undefined && !name.startsWith(wanted)) continue
  const ends: Ends = new Map()
  const once = drawnOnce(study)
  for (const workers of [1, 10, 100, 1000]) {
    console.log(`| ${[name, ...(await simulate(once, workers, ends))].join(' | ')} |`)
  }
}
