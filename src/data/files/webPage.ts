/** Whether the first thing after white space (or a byte order mark) is '<'. */
export const isWebPage = (bytes: Uint8Array): boolean => {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const first = bytes.subarray(start, 1024).find((b) => b !== 0x20 && (b < 9 || b > 13))
  return first === 0x3c
}
