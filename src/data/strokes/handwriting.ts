import { philox4x32 } from '../../kernels/index.ts'
import type { Key } from '../../random/index.ts'
import { type Draws, draws } from './draws.ts'
import { type Glyph, glyphs, type Stroke } from './glyphs.ts'
import { drawStroke, SIDE } from './pen.ts'

// Bound once: where tests have a realm of their own (Jest), each look-up of a global costs microseconds.
const { floor, max, min } = Math

const PIXELS = SIDE * SIDE

/** A hand's habits for one digit: glyph coordinates (0 … 100) to pixels. */
type Place = (x: number, y: number) => readonly [x: number, y: number]

// Bends the square a little, then scales, slants, turns and shifts it.
const place = (random: Draws): Place => {
  const bendX = random.bell(0.1)
  const bendY = random.bell(0.1)
  const scale = random.uniform(0.145, 0.215)
  const width = scale * (1 + random.bell(0.14))
  const slant = random.bell(0.21) + 0.08
  // (1 − t²)/(1 + t²) and 2t/(1 + t²) are the cosine and sine of the angle whose half has the tangent t.
  const t = random.bell(0.065)
  const cos = (1 - t * t) / (1 + t * t)
  const sin = (2 * t) / (1 + t * t)
  const left = (SIDE - 1) / 2 + random.bell(1.15)
  const top = (SIDE - 1) / 2 + random.bell(1.15)
  return (x, y) => {
    const u = (x - 50) / 50
    const v = (y - 50) / 50
    const across = 50 * width * (u + bendX * (v * v - 0.5) - slant * v * 0.8)
    const down = 50 * scale * (v + bendY * u * v)
    return [left + cos * across - sin * down, top + sin * across + cos * down]
  }
}

// The hand misses every point a little, and sets the pen down beside where the stroke should begin.
const written = ({ x, y, corner }: Stroke, at: Place, random: Draws, wobble: number): Stroke => {
  const offX = random.bell(1.8)
  const offY = random.bell(1.8)
  const points = x.map((px, i) => at(px + offX + random.bell(wobble), (y[i] as number) + offY + random.bell(wobble)))
  return { x: points.map(([px]) => px), y: points.map(([, py]) => py), corner }
}

const stray = (random: Draws): Stroke => {
  const x = random.uniform(2, SIDE - 3)
  const y = random.uniform(2, SIDE - 3)
  return { x: [x, x + random.bell(1.6)], y: [y, y + random.bell(1.6)], corner: [false, false] }
}

const ink = new Float64Array(PIXELS)
const grain = new Uint32Array(PIXELS / 4)

// One byte of grain a pixel, sixteen a Philox block. The third counter word keeps the blocks apart from the image's
// other draws (0) and from derived keys (1 to 3).
const GRAIN = 4
const drawGrain = (key: Key): void => {
  for (let i = 0; i < grain.length; i += 4) philox4x32(i, 0, GRAIN, 0, key[0], key[1], grain, i)
}

const pick = (choices: readonly Glyph[], random: Draws): Glyph =>
  choices[floor(random.uniform(0, choices.length))] as Glyph

/**
 * Writes one digit into 784 bytes at `offset`, 0 paper and 255 ink, and returns which digit it is: a pure function of
 * the key, by arithmetic that rounds alike on every machine (no sine, power or logarithm).
 */
export const writeDigit = (key: Key, out: Uint8Array, offset: number): number => {
  const random = draws(key)
  const digit = random.word() % 10
  const glyph = pick(glyphs[digit] as readonly Glyph[], random)
  const at = place(random)
  const wobble = random.uniform(1.5, 4.2)
  const radius = random.uniform(0.75, 1.65)
  const edge = random.uniform(0.9, 1.7)
  ink.fill(0)
  for (const stroke of glyph) {
    const pen = { start: radius * random.uniform(0.75, 1.15), end: radius * random.uniform(0.6, 1.1), edge }
    drawStroke(ink, written(stroke, at, random, wobble), pen)
  }
  if (random.uniform(0, 1) < 0.12) {
    const size = random.uniform(0.3, 0.9)
    drawStroke(ink, stray(random), { start: size, end: size, edge })
  }
  const pressure = random.uniform(185, 265)
  const noise = random.uniform(0, 26) / 128
  drawGrain(key)
  for (let i = 0; i < PIXELS; i++) {
    const speck = (((grain[i >> 2] as number) >>> (8 * (i & 3))) & 255) - 128
    const value = floor(pressure * (ink[i] as number) + noise * speck + 0.5)
    out[offset + i] = min(255, max(0, value))
  }
  return digit
}
