const NONE = `"'\`\\$<`
const SINGLES = 86
const LENGTH = 88

/** The numbers of the characters that scripts/packed.mjs writes, by their codes. */
const places = new Map<number, number>()
for (let code = 33; code < 127; code++) if (!NONE.includes(String.fromCharCode(code))) places.set(code, places.size)

/** The bytes that scripts/packed.mjs made a text of. */
export const unpacked = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(text.length)
  let length = 0
  for (let at = 512; at < text.length; at++) {
    const first = places.get(text.charCodeAt(at)) as number
    const place =
      first < SINGLES ? first : SINGLES + (first - SINGLES) * LENGTH + (places.get(text.charCodeAt(++at)) as number)
    bytes[length++] = Number.parseInt(text.slice(2 * place, 2 * place + 2), 16)
  }
  return bytes.slice(0, length)
}
