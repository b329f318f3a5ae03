const DASH = '–'

/**
 * A fraction of 1 in percent; only 1 itself is 100 %.
 *
 * @example [0.5, 0.9996, 1].map((share) => percent(share))   // ['50.0 %', '99.96 %', '100 %']
 */
export const percent = (share: number, digits = 1): string => {
  if (!Number.isFinite(share)) return DASH
  if (share === 1 || share === 0) return `${100 * share} %`
  const text = (100 * share).toFixed(digits)
  return Number(text) === 100 && digits < 4 ? percent(share, digits + 1) : `${text} %`
}

/** 10000 → 10,000 */
export const count = (n: number): string => (Number.isFinite(n) ? n.toLocaleString('en-US') : DASH)

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'
const raised = (n: number): string =>
  `${n < 0 ? '⁻' : ''}${[...String(Math.abs(n))].map((digit) => superscripts[Number(digit)]).join('')}`

/**
 * A number in few digits, very large and small ones with a power of ten.
 *
 * @example short(0.000012)   // '1.2·10⁻⁵'
 */
export const short = (value: number, digits = 3): string => {
  if (!Number.isFinite(value)) return DASH
  const rounded = Number(value.toPrecision(digits))
  const size = Math.abs(rounded)
  if (size === 0 || (size >= 1e-4 && size < 1e5)) {
    return (size < 1e4 ? String(rounded) : count(rounded)).replace('-', '−')
  }
  // Not of `rounded`: the largest numbers round to Infinity.
  const [mantissa = 0, exponent = 0] = value
    .toExponential(digits - 1)
    .split('e')
    .map(Number)
  const power = `10${raised(exponent)}`
  return mantissa === 1 ? power : `${mantissa}·${power}`.replace('-', '−')
}

/** A power of ten as such, where it would have many zeros. */
export const decade = (value: number): string => {
  const exponent = Math.round(Math.log10(value))
  const isPower = Math.abs(Math.log10(value) - exponent) < 1e-9
  return isPower && Math.abs(exponent) > 3 ? `10${raised(exponent)}` : short(value, 2)
}

/** A time in the units that people use. */
export const duration = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return DASH
  if (seconds < 1) return `${Math.round(1000 * seconds)} ms`
  if (seconds < 99.5) return `${Number(seconds.toPrecision(3))} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `1 step`, `2 steps` */
export const counted = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? '' : 's'}`

/** A moment to the minute, e.g. '2026-11-22 14:05 UTC'. */
export const dateOf = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`
