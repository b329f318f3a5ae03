import type { Measurement, Timing } from './measure.ts'
import { median, quartiles } from './statistics.ts'
import { flopsOf } from './workloads.ts'

/** The timing of a group; of several thread counts the better one. */
const timingOf = ({ timings }: Measurement, group: string): Timing | undefined =>
  timings
    .filter(({ contestant }) => contestant.group === group)
    .sort((a, b) => median(a.seconds) - median(b.seconds))[0]

/** Median over the rounds of a's time by b's time of the same round. */
const ratioOf = (measurement: Measurement, a: string, b: string): number | undefined => {
  const first = timingOf(measurement, a)
  const second = timingOf(measurement, b)
  if (first === undefined || second === undefined) return undefined
  const rounds = Math.min(first.seconds.length, second.seconds.length)
  if (rounds === 0) return undefined
  return median(Array.from({ length: rounds }, (_, i) => (first.seconds[i] as number) / (second.seconds[i] as number)))
}

const threeDigits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const orDash = (value: number | undefined, text: (value: number) => string): string =>
  value === undefined ? '–' : text(value)

const groupsOf = (measurements: readonly Measurement[]): readonly string[] => [
  ...new Set(measurements.flatMap(({ timings }) => timings.map(({ contestant }) => contestant.group))),
]

const isPeerGroup = (group: string): boolean => !/^(cachegrad|products alone|product)/.test(group)

/** How many times as fast as the others one of them is. */
export const ratios = (nets: readonly Measurement[], own: string): string => {
  const peers = groupsOf(nets).filter(isPeerGroup)
  const rows = peers.map((group) => [
    group,
    ...nets.map((measurement) => orDash(ratioOf(measurement, group, own), (r) => `${threeDigits(r)}×`)),
  ])
  const others = groupsOf(nets).filter((group) => group.startsWith('cachegrad') && group !== own)
  const siblings = others.map((group) => [
    group,
    ...nets.map((measurement) => orDash(ratioOf(measurement, group, own), (r) => `${threeDigits(r)}×`)),
  ])
  return table(
    [`${own} is so many times as fast as`, ...nets.map(({ workload }) => workload.name)],
    [...rows, ...siblings],
  )
}

const gigaflops = (measurement: Measurement, group: string): number | undefined => {
  const timing = timingOf(measurement, group)
  return timing && flopsOf(measurement.workload) / median(timing.seconds) / 1e9
}

const limits = (nets: readonly Measurement[], square: Measurement | undefined): string => {
  const overProducts = (name: string, products: string, text: string): readonly string[] => [
    `${name}: step time / ${text}`,
    ...nets.map((m) => orDash(ratioOf(m, `cachegrad ${name}`, `products alone, ${products}`), (r) => r.toFixed(2))),
  ]
  const best = square && gigaflops(square, 'product, wasm')
  const share = nets.map((m) => {
    const reached = gigaflops(m, 'cachegrad wasm')
    return reached === undefined || best === undefined ? '–' : `${((100 * reached) / best).toFixed(0)} %`
  })
  return table(
    ['the limit', ...nets.map(({ workload }) => workload.name)],
    [
      overProducts(
        'blas',
        'OpenBLAS with its own threads',
        'its matrix products alone by OpenBLAS, on one core or on all, whichever is faster',
      ),
      overProducts('blas', 'blas', 'its matrix products alone by our threads and OpenBLAS'),
      overProducts('wasm', 'wasm', 'its matrix products alone'),
      ['wasm: GFLOP/s of the step / those of the one-thread kernel at 512³', ...share],
    ],
  )
}

const products = (square: Measurement): string =>
  table(
    ['512³, one thread', 'GFLOP/s', 'share of BLAS'],
    groupsOf([square]).map((group) => [
      group.replace('product, ', ''),
      orDash(gigaflops(square, group), threeDigits),
      orDash(ratioOf(square, 'product, blas', group), (r) => r.toFixed(2)),
    ]),
  )

export const microseconds = (nets: readonly Measurement[]): string =>
  table(
    ['µs a step: median (lower – upper quartile)', ...nets.map(({ workload }) => workload.name)],
    groupsOf(nets).map((group) => [
      group,
      ...nets.map((measurement) => {
        const timing = timingOf(measurement, group)
        if (timing === undefined) return '–'
        const inMicroseconds = (seconds: number): string => threeDigits(seconds * 1e6)
        const threads = timing.contestant.threads === undefined ? '' : `, ${timing.contestant.threads} thr.`
        return `${inMicroseconds(median(timing.seconds))} (${quartiles(timing.seconds).map(inMicroseconds).join(' – ')}${threads})`
      }),
    ]),
  )

/** Who was left out, and what the others say of themselves. */
export const takingPart = (measurements: readonly Measurement[]): string => {
  const lines = measurements.flatMap(({ workload, absences }) =>
    absences.map(({ contestant, reason }) => `- ${workload.name}: ${contestant.group} was left out: ${reason}`),
  )
  const versions = measurements.flatMap(({ timings }) =>
    timings.map(({ contestant, description }) => `- ${contestant.group}: ${description}`),
  )
  const absent = lines.length === 0 ? 'No contestant was left out.' : [...new Set(lines)].join('\n')
  return `${absent}\n\n${[...new Set(versions)].join('\n')}`
}

/** Ratios first, then the limit, then times; in Markdown. */
export const tables = (measurements: readonly Measurement[]): string => {
  const nets = measurements.filter(({ workload }) => workload.square === undefined)
  const square = measurements.find(({ workload }) => workload.square !== undefined)
  const ofNets = [ratios(nets, 'cachegrad blas'), ratios(nets, 'cachegrad wasm'), limits(nets, square)]
  return [
    ...(nets.length > 0 ? ofNets : []),
    ...(square === undefined ? [] : [products(square)]),
    ...(nets.length > 0 ? [microseconds(nets)] : []),
    takingPart(measurements),
  ].join('\n\n')
}
