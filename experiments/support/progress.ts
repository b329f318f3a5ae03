import cliProgress from 'cli-progress'
import type { Progress } from '../../src/data/index.ts'
import type { Epoch, Event, Step } from '../../src/index.ts'

const { SingleBar, Presets } = cliProgress
const REDRAW = 100 // milliseconds between two drawings

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** A reporter: gets each event of a run. */
export interface Reporter {
  readonly see: (event: Event) => void
  /** Clears the bar, so that other output can follow. */
  readonly close: () => void
}

/** An accuracy in percent, another score by its name. */
const scoreText = (name: string, score: number): string =>
  name === 'accuracy' ? percent(score) : `${name} ${score.toFixed(4)}`

/** One line an epoch: for pipes, logs and CI. */
export const epochLine = ({ epoch, step, loss, scoreName, trainScore, valScore }: Epoch): string =>
  [
    `epoch ${String(epoch).padStart(3)}`,
    `step ${String(step).padStart(6)}`,
    `loss ${Number.isNaN(loss) ? '     –' : loss.toFixed(4)}`,
    `train ${scoreText(scoreName, trainScore)}`,
    ...(valScore === undefined ? [] : [`val ${scoreText(scoreName, valScore)}`]),
  ].join('  ')

const plain = (): Reporter => ({
  see: (event) => {
    if (event._tag === 'Epoch') console.log(epochLine(event))
  },
  close: () => {},
})

const animated = (): Reporter => {
  const bar = new SingleBar(
    {
      format:
        '{bar} {percentage} %  {value}/{total}  loss {loss}  train {train}  val {val}  {speed} steps/s  ETA {eta} s',
      hideCursor: true,
      clearOnComplete: true,
      fps: 1000 / REDRAW,
    },
    Presets.shades_classic,
  )
  let started: { readonly step: number; readonly time: number } | undefined
  const shown = { loss: '–', train: '–', val: '–', speed: '–' }
  let drawn = 0
  const onStep = ({ step, totalSteps, loss }: Step): void => {
    const now = performance.now()
    // A run that goes on from a checkpoint does not begin with step 1.
    started ??= { step: step - 1, time: now }
    if (now - drawn < REDRAW && step < totalSteps) return
    drawn = now
    if (!bar.isActive) bar.start(totalSteps, started.step, shown)
    shown.loss = loss.toFixed(3)
    if (now > started.time) shown.speed = ((1000 * (step - started.step)) / (now - started.time)).toFixed(0)
    bar.update(step, shown)
  }
  return {
    see: (event) => {
      if (event._tag === 'Step') onStep(event)
      if (event._tag === 'Epoch') {
        const { scoreName, trainScore, valScore } = event
        shown.train = scoreText(scoreName, trainScore)
        shown.val = valScore === undefined ? '–' : scoreText(scoreName, valScore)
      }
      if (event._tag === 'Done') bar.stop()
    },
    close: () => bar.stop(),
  }
}

/** A bar in a terminal, a line an epoch elsewhere. */
export const progress = (): Reporter => (process.stdout.isTTY && process.env.CI === undefined ? animated() : plain())

/** A bar while a file is downloaded; nothing where there is no terminal. */
export const downloadBar = (): ((progress: Progress) => void) => {
  if (!process.stderr.isTTY) return () => {}
  const bar = new SingleBar(
    { format: '{file} {bar} {percentage} %  {value}/{total} bytes', clearOnComplete: true },
    Presets.shades_classic,
  )
  let current = ''
  return ({ file, received, total }) => {
    if (file !== current) {
      bar.stop()
      bar.start(total ?? received, received, { file })
      current = file
    }
    bar.update(received, { file })
    if (received === total) bar.stop()
  }
}
