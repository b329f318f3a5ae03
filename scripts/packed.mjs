// Bytes as a text that compresses as well as they do: a character or two for each byte, so that what repeats in the bytes
// repeats in the text (base64 takes half as much again, compressed). No character of it means anything in a script or in HTML.
// src/kernels/unpacked.ts is the other direction.

const ALPHABET = [...Array(94).keys()].map((i) => String.fromCharCode(33 + i)).filter((c) => !`"'\`\\$<`.includes(c))
const SINGLES = 86 // the two other characters of the alphabet begin pairs

/** The order of all bytes, the most frequent first, in hex; then the bytes. */
export const packed = (bytes) => {
  const counts = new Array(256).fill(0)
  for (const byte of bytes) counts[byte]++
  const order = [...counts.keys()].sort((a, b) => counts[b] - counts[a] || a - b)
  const words = []
  for (const [place, byte] of order.entries()) {
    const beyond = place - SINGLES
    const [first, second] = [SINGLES + Math.floor(beyond / ALPHABET.length), beyond % ALPHABET.length]
    words[byte] = beyond < 0 ? ALPHABET[place] : ALPHABET[first] + ALPHABET[second]
  }
  return Buffer.from(order).toString('hex') + Array.from(bytes, (byte) => words[byte]).join('')
}
