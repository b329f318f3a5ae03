// The polynomial of Castagnoli, bits reversed; zlib's crc32 has another one.
const POLYNOMIAL = 0x82f63b78

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1
  return rest
})

/**
 * CRC-32C (Castagnoli) of bytes from `start` to before `end`, an unsigned 32-bit integer
 *
 * @example crc32c(Buffer.from('123456789')).toString(16)   // 'e3069283'
 * @see     RFC 3720, B.4
 */
export const crc32c = (bytes: Uint8Array, start = 0, end = bytes.length): number => {
  let rest = 0xffffffff
  for (let i = start; i < end; i++) rest = (rest >>> 8) ^ (table[(rest ^ (bytes[i] as number)) & 0xff] as number)
  return (rest ^ 0xffffffff) >>> 0
}

/**
 * The form in which record files store a checksum, so that a checksum of data with checksums inside stays a good one:
 * turned right by 15 bits, plus a constant
 *
 * @see  https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
export const maskedCrc32c = (bytes: Uint8Array, start = 0, end = bytes.length): number => {
  const crc = crc32c(bytes, start, end)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}
