// Bound once: Jest's realm makes each look-up of a global slow.
const { floor, min, sqrt } = Math

const primes = (count: number): readonly number[] => {
  const found: number[] = []
  for (let n = 2; found.length < count; n++) if (found.every((p) => n % p !== 0)) found.push(n)
  return found
}

/** The first 32 bits behind the point. */
const bitsOf = (root: number): number => floor((root - floor(root)) * 2 ** 32) | 0

// Engines differ in the last bit of a cube root, which lies far behind these.
const CONSTANTS = Int32Array.from(primes(64), (p) => bitsOf(Math.cbrt(p)))
const START = Int32Array.from(primes(8), (p) => bitsOf(sqrt(p)))

const turned = (x: number, bits: number): number => (x >>> bits) | (x << (32 - bits))

/** Mixes a block of 64 bytes into the state. */
const mix = (state: Int32Array, block: DataView, w: Int32Array): void => {
  for (let i = 0; i < 16; i++) w[i] = block.getInt32(4 * i)
  for (let i = 16; i < 64; i++) {
    const [x, y] = [w[i - 15] as number, w[i - 2] as number]
    const s0 = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3)
    const s1 = turned(y, 17) ^ turned(y, 19) ^ (y >>> 10)
    w[i] = (w[i - 16] as number) + s0 + (w[i - 7] as number) + s1
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let i = 0; i < 64; i++) {
    const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (CONSTANTS[i] as number) + (w[i] as number)) | 0
    const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] as number) + value
}

/** A sum that takes bytes a piece at a time. */
export interface Sum {
  readonly update: (bytes: Uint8Array) => void
  /** In hex; nothing may come after it. */
  readonly digest: () => string
}

/**
 * SHA-256 where there is no node
 *
 * @see FIPS 180-4
 */
export const sha256 = (): Sum => {
  const state = START.slice()
  const block = new Uint8Array(64)
  const view = new DataView(block.buffer)
  const words = new Int32Array(64)
  let length = 0
  const update: Sum['update'] = (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      const used = length % 64
      const taken = min(64 - used, bytes.length - at)
      block.set(bytes.subarray(at, at + taken), used)
      at += taken
      length += taken
      if (used + taken === 64) mix(state, view, words)
    }
  }
  const digest = (): string => {
    const bits = 8 * length
    update(Uint8Array.of(0x80))
    update(new Uint8Array((120 - (length % 64)) % 64))
    const end = new Uint8Array(8)
    new DataView(end.buffer).setBigUint64(0, BigInt(bits))
    update(end)
    return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }
  return { update, digest }
}
